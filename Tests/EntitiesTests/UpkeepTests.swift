import Catalogue
import Commands
import Entities
import EventLog
import JSON
import Postgres
import Projections
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// What a start does about tables that another version made: as little as possible.
@Suite struct UpkeepTests {
    /// The type that is changed.
    private static let teapot = """
        {"type": "teapot", "collection": "teapots", "title": "Teapot", "plural": "Teapots", "icon": "🫖",
        "description": "What tea is made in.", "version": 1, "name_field": "name",
        "schema": {"required": ["name"], "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 100, "description": "What it is called."},
            "cups": {"type": "integer", "minimum": 1, "description": "How much it holds."},
            "note": {"type": "string", "maxLength": 5000, "description": "What else there is to say."}}},
        "search": {"name": "A"}}
        """

    /// A change of the type's file, and what becomes of the tables.
    enum Change: String, CaseIterable {
        case wording, limits, required, newField
        case searched, weight, unsearched, compared, removed
        case upcaster

        var replacement: (String, String) {
            switch self {
            case .wording: ("What tea is made in.", "What coffee is not made in.")
            case .limits: (#""maxLength": 100"#, #""maxLength": 90, "pattern": "^[A-Z]""#)
            case .required: (#""required": ["name"]"#, #""required": ["name", "cups"]"#)
            case .newField:
                (#""cups": {"#, #""glaze": {"type": "string", "maxLength": 50, "description": "x"}, "cups": {"#)
            case .searched: (#""search": {"name": "A"}"#, #""search": {"name": "A", "note": "D"}"#)
            case .weight: (#""name": "A"}"#, #""name": "B"}"#)
            case .unsearched: (#""search": {"name": "A"}"#, #""search": {}"#)
            case .compared: (#""maxLength": 5000"#, #""maxLength": 400"#)
            case .removed: (#""cups": {"type": "integer", "minimum": 1, "description": "How much it holds."},"#, "")
            case .upcaster:
                (
                    #""version": 1"#,
                    #""version": 2, "upcasters": [{"from": 1, "changes": [{"default": {"field": "cups", "value": 1}}]}]"#
                )
            }
        }

        var text: String {
            let (old, new) = replacement
            return teapot.replacing(old, with: new)
        }

        var expected: Outcome {
            switch self {
            case .wording, .limits, .required, .newField: .kept
            case .searched, .weight, .unsearched, .compared, .removed: .besideFirst
            case .upcaster: .gated
            }
        }
    }

    enum Outcome { case kept, besideFirst, gated }

    @Test(arguments: Change.allCases)
    func aChangeOfATypeCostsWhatItHasTo(_ change: Change) async throws {
        try await Studio.with(types: ["teapot": Self.teapot]) { studio in
            let scribe = Scribe(studio: studio)
            try await scribe.tell(6)
            _ = try await scribe.create("teapot", ["name": "Betty", "note": "brown", "cups": 6])
            let before = try await Self.built(studio)
            let later = try Later(studio, types: ["teapot": change.text])
            let standing = try await later.set.install(in: studio.pool)
            #expect(standing.indexes.isEmpty)
            #expect(standing.unusable.isEmpty == (change.expected != .gated), "\(standing)")
            #expect(standing.outdated.isEmpty == (change.expected != .besideFirst), "\(standing)")
            // Asked again, nothing else is found.
            #expect(try await later.set.install(in: studio.pool) == standing)
            try await later.bringUpToDate()
            let after = try await Self.built(studio)
            #expect((before == after) == (change.expected == .kept))
            #expect(try await later.set.isOwner(in: studio.pool))
            #expect(try await later.check().isClean)
        }
    }

    /// Nobody has one yet, so no table changes; once somebody has, the same change is another.
    @Test func aTypeWithoutEntitiesIsFreeToChange() async throws {
        for change in [Change.upcaster, .weight, .removed] {
            try await Studio.with(types: ["teapot": Self.teapot]) { studio in
                try await Scribe(studio: studio).tell(2)
                let before = try await Self.built(studio)
                let later = try Later(studio, types: ["teapot": change.text])
                try await later.bringUpToDate()
                #expect(try await Self.built(studio) == before, "\(change)")
            }
        }
    }

    /// It is no new field: data may hold it from before.
    @Test func aFieldThatWasDeclaredOnceIsNotNew() async throws {
        try await Studio.with(types: ["teapot": Self.teapot]) { studio in
            _ = try await Scribe(studio: studio).create("teapot", ["name": "Betty", "cups": 6])
            let without = try Later(studio, types: ["teapot": Change.removed.text])
            try await without.bringUpToDate()
            let again = try Later(studio, types: ["teapot": Self.teapot])
            #expect(try await again.set.install(in: studio.pool).outdated.isEmpty == false)
            try await again.bringUpToDate()
            #expect(try await again.check().isClean)
            let cups = try await studio.pool.query(
                "cups", "SELECT fields->>'cups' FROM live.entities WHERE type = 'teapot'"
            ).only(String.self)
            #expect(cups == "6")
        }
    }

    /// An older version may come back while rows are of both: to it they are no more its own than to the newer.
    @Test func rowsOfTwoVersionsAreBuiltAnewForEither() async throws {
        try await Studio.with(types: ["teapot": Self.teapot]) { studio in
            _ = try await Scribe(studio: studio).create("teapot", ["name": "Betty"])
            let later = try Later(studio, types: ["teapot": Change.weight.text])
            #expect(try await later.set.install(in: studio.pool).outdated.isEmpty == false)
            let former = try Later(studio, types: ["teapot": Self.teapot])
            #expect(try await former.set.install(in: studio.pool).outdated.isEmpty == false)
            try await former.bringUpToDate()
            #expect(try await former.check().isClean)
        }
    }

    @Test func eventsOfATypeThatNobodyKnewAreReadBeforeAnythingIsAnswered() async throws {
        try await Studio.with(types: ["teapot": Self.teapot]) { studio in
            let id = try await Scribe(studio: studio).create("teapot", ["name": "Betty"])
            let without = try Later(studio, types: [:])
            try await without.bringUpToDate()
            #expect(try await studio.dump()["entities"]?.isEmpty == true)
            let again = try Later(studio, types: ["teapot": Self.teapot])
            #expect(try await again.set.install(in: studio.pool).unusable.isEmpty == false)
            try await again.bringUpToDate()
            #expect(try await studio.dump()["entities"]?.first?.contains("\(id)") == true)
        }
    }

    /// The old index is gone by then, and its file as it was must bring it back.
    @Test func anIndexThatCannotBeMadeLosesNoneForGood() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(2)
            let folder = try Self.projections { name, text in
                name == "entities.sql"
                    ? text.replacing("ON live.entities (position);", with: "ON live.entities (nosuch);") : text
            }
            let broken = try Later(studio, types: [:], projections: folder.path)
            await #expect(throws: PostgresError.self) { try await broken.bringUpToDate() }
            #expect(try await broken.set.staleNames(in: studio.pool) == ["entities"])
            let standing = try await studio.set.install(in: studio.pool)
            #expect(standing.indexes == ["entities"])
            try await studio.set.bringUpToDate(in: studio.pool, fold: studio.blueprint.fold, logger: .silent)
            let count = try await studio.pool.query(
                "index",
                "SELECT count(*) FROM pg_indexes WHERE schemaname = 'live' AND indexname = 'entities_by_change'"
            ).only(Int.self)
            #expect(count == 1)
            #expect(try await studio.set.staleNames(in: studio.pool).isEmpty)
        }
    }

    /// Indexes are made beside readers and writers, on the table of all types too.
    @Test func anIndexIsExchangedInPlace() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(6)
            let before = try await Self.built(studio)
            let folder = try Self.projections { name, text in
                switch name {
                case "entities.sql":
                    text.replacing(
                        "entities_by_change ON live.entities (position)",
                        with: "entities_by_age ON live.entities (position, version)")
                case "words.sql":
                    text.replacing(
                        "CREATE INDEX words_by_likeness",
                        with: "CREATE INDEX words_by_place ON live.words (position);\nCREATE INDEX words_by_likeness")
                case "receipts.sql":
                    text.replacing("CREATE INDEX receipts_by_age ON live.receipts (recorded_at);", with: "")
                default: text
                }
            }
            let later = try Later(studio, types: [:], projections: folder.path)
            let standing = try await later.set.install(in: studio.pool)
            #expect(standing.stale.isEmpty && standing.indexes == ["entities", "receipts", "words"])
            try await later.bringUpToDate()
            let names = try await studio.pool.query(
                "indexes",
                """
                SELECT c.relname::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
                WHERE c.relnamespace = 'live'::regnamespace AND i.indisvalid AND i.indisready
                """
            ).decode(String.self)
            #expect(names.contains("entities_by_age") && names.contains("words_by_place"))
            #expect(!names.contains("entities_by_change") && !names.contains("receipts_by_age"))
            #expect(try await Self.built(studio) == before)
            #expect(try await later.set.install(in: studio.pool).indexes.isEmpty)
            #expect(try await later.check().isClean)
            // A rebuild makes the same.
            try await later.rebuild()
            #expect(try await later.check().isClean)
        }
    }

    /// Where nothing that is answered or decided needs it, it is built beside, and nobody has to wait for it.
    @Test func aNewProjectionIsBuiltAlone() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(4)
            let rows = try await studio.dump()
            let before = try await Self.built(studio)
            try await studio.pool.execute("lose", "DROP TABLE live.entity_counts")
            try await studio.pool.execute("lose", "DELETE FROM log.projections WHERE name = 'entity_counts'")
            let blueprint = studio.blueprint
            let set = try ProjectionSet(
                files: try ProjectionFile.load(from: "\(Studio.root)/projections"),
                tables: EntityProjections.tables + [ReceiptKeeping.table],
                types: blueprint.set.types,
                rules: blueprint.set.rules, essential: Set(before.keys).subtracting(["entity_counts"]))
            let standing = try await set.install(in: studio.pool)
            #expect(standing.unusable.isEmpty && standing.outdated == ["entity_counts"])
            // Where it is needed, it is waited for.
            #expect(try await blueprint.set.install(in: studio.pool).unusable == ["entity_counts"])
            try await Scribe(studio: studio).tell(2, from: 4)
            try await set.bringUpToDate(in: studio.pool, fold: blueprint.fold, logger: .silent)
            let after = try await Self.built(studio)
            #expect(after.filter { $0.key != "entity_counts" } == before.filter { $0.key != "entity_counts" })
            #expect(try await studio.dump()["entity_counts"] != rows["entity_counts"])
            #expect(try await studio.checker().check().isClean)
        }
    }

    /// The older writer is refused by the database itself, and says what has happened.
    @Test func theDatabaseTakesEventsOfOneVersionOnly() async throws {
        try await Studio.with(types: ["teapot": Self.teapot]) { studio in
            let scribe = Scribe(studio: studio)
            try await scribe.tell(2)
            let later = try Later(studio, types: ["teapot": Change.newField.text])
            try await later.bringUpToDate()
            let head = try await EventReader(pool: studio.pool).head()
            await #expect(throws: CommandWriterError.superseded) {
                try await scribe.create("teapot", ["name": "Betty"])
            }
            #expect(try await EventReader(pool: studio.pool).head() == head)
            try await Node.with(studio, catalogue: later.catalogue) { node in
                let type = try #require(later.catalogue[type: "teapot"])
                let content = Content(["name": "Betty", "glaze": "blue"], of: type)
                _ = try await node.service.writer.submit(
                    EntityCommand(
                        .create(content, .init()), on: node.service.identifiers.next(), of: type, meta: node.meta()))
            }
            #expect(try await later.check().isClean)
            // Who starts last has it.
            _ = try await studio.set.install(in: studio.pool)
            _ = try await scribe.create("teapot", ["name": "Brown"])
        }
    }

    /// A rebuild that has begun before another version took over does not put its tables in the place of that one's.
    @Test func aRebuildIsOvertakenByANewerVersion() async throws {
        try await Studio.with(types: ["teapot": Self.teapot]) { studio in
            _ = try await Scribe(studio: studio).create("teapot", ["name": "Betty"])
            let later = try Later(studio, types: ["teapot": Change.weight.text])
            let taken = Lock(false)
            await #expect(throws: ProjectionError.superseded) {
                try await studio.rebuilder().rebuild { step in
                    guard step.phase == .indexing, !taken.withLock({ $0 }) else { return }
                    taken.withLock { $0 = true }
                    later.installBlocking(studio)
                }
            }
            try await later.bringUpToDate()
            #expect(try await later.check().isClean)
        }
    }

    private static func built(_ studio: Studio) async throws -> [String: String] {
        let rows = try await studio.pool.query("built", "SELECT name, built_at::text FROM log.projections")
        return Dictionary(try rows.decode(String.self, String.self)) { first, _ in first }
    }

    /// The shipped files, changed.
    static func projections(_ change: (_ name: String, _ text: String) -> String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder("projections")
        for name in try Files.names(in: "\(Studio.root)/projections") where name.hasSuffix(".sql") {
            let text = try Files.readText("\(Studio.root)/projections/\(name)")
            try Files.replace(folder.path(name), with: Array(change(name, text).utf8))
        }
        return folder
    }
}

/// Another version on a studio's database.
private struct Later: Sendable {
    let catalogue: Catalogue
    let set: ProjectionSet
    let fold: ProjectionFold
    private let pool: PostgresPool

    init(_ studio: Studio, types: [String: String], projections: String = "\(Studio.root)/projections") throws {
        catalogue = try Studio.catalogue(with: types)
        let blueprint = try Blueprint(
            migrations: [], catalogue: catalogue, files: try ProjectionFile.load(from: projections))
        (set, fold) = (blueprint.set, blueprint.fold)
        pool = studio.pool
    }

    func bringUpToDate() async throws { try await set.bringUpToDate(in: pool, fold: fold, logger: .silent) }

    func rebuild() async throws { try await Rebuilder(set: set, fold: fold, pool: pool, logger: .silent).rebuild() }

    func check() async throws -> CheckReport { try await Checker(set: set, fold: fold, pool: pool).check() }

    /// On another thread, for those who must not wait.
    func installBlocking(_ studio: Studio) {
        let isDone = Monitor(false)
        Task {
            _ = try? await set.install(in: pool)
            isDone.withLock { $0 = true }
        }
        isDone.wait(until: { $0 }) { _ in }
    }
}
