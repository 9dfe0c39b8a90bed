import Catalogue
import Commands
import Entities
import EventLog
import JSON
import Migrations
import Postgres
import Projections
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// One batch once confused entities of different types that were named by the same id: it decided a command on a story theme
/// on the state of a hair style, and the event stood in a foreign stream for ever.
@Suite struct ForeignEventTests {
    @Test(arguments: [1, 256])
    func aCommandIsDecidedOnTheEntityOfItsTypeAlone(_ batch: Int) async throws {
        var configuration = CommandWriterConfiguration()
        configuration.commandsPerBatchMax = batch
        try await Studio.with(configuration: configuration) { studio in
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create("hair_style", ["name": "Bob"])
            let commands = [
                try scribe.command(.favorite(true), id, "hair_style"),
                try scribe.command(.patch(["tone": "dark"]), id, "story_theme"),
                try scribe.command(.archive, id, "story_theme"),
                try scribe.command(.patch(["description": "short"]), id, "hair_style"),
            ]
            let results = try await studio.service.writer.submit(commands)
            let outcomes = results.map { result in
                switch result {
                case .success: "done"
                case .failure(Rejection.notFound): "not found"
                case .failure(let error): "\(error)"
                }
            }
            #expect(outcomes == ["done", "not found", "not found", "done"])
            #expect(Set(studio.committed.events.map(\.category)) == ["hair_style"])
            #expect(try await studio.checker().check().isClean)
        }
    }

    /// Many callers at once on two nodes, all of whom mean the same ids by different types.
    @Test func honestCommandsAreNotDisturbedByConfusedOnes() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { node in
                let scribe = Scribe(studio: studio)
                let id = try await scribe.create("character", ["name": "Jenny"])
                let services = [studio.service, node.service]
                let rounds = Effort.rounds(40)
                try await withThrowingTaskGroup { group in
                    for caller in 0..<8 {
                        let service = services[caller % 2]
                        group.addTask {
                            for round in 0..<rounds {
                                let isHonest = caller < 4
                                let command =
                                    isHonest
                                    ? try scribe.command(
                                        .patch(["personality": .string("p \(caller) \(round)")]), id, "character")
                                    : try scribe.command(.favorite(round % 2 == 0), id, "story")
                                do {
                                    _ = try await service.writer.submit(command)
                                    #expect(isHonest, "a story was found where a character is")
                                } catch Rejection.notFound { #expect(!isHonest, "an honest command found nothing") }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await studio.foreignEventCount() == 0)
                #expect(try await studio.checker().check().isClean)
                let versions = try await studio.pool.query(
                    "count", "SELECT version FROM log.streams WHERE stream = \(id)"
                ).only(Int.self)
                #expect(versions == 1 + 4 * rounds)
            }
        }
    }

    @Test(arguments: ["events", "events_000000"])
    func theDatabaseRefusesAnEventThatDoesNotContinueItsStream(_ table: String) async throws {
        try await Studio.with { studio in
            let id = try await Scribe(studio: studio).create("hair_style", ["name": "Bob"])
            let other = studio.service.identifiers.next()
            let refused: [(stream: UUID, version: Int, category: String)] = [
                (id, 2, "story_theme"), (id, 3, "hair_style"), (id, 1, "hair_style"), (id, 1, "story_theme"),
                (other, 2, "hair_style"),
            ]
            for (stream, version, category) in refused {
                let forged = Self.forgery(stream, version, category, into: table)
                await #expect(throws: PostgresError.self, "\(version) of \(category)") {
                    try await studio.forge(forged)
                }
            }
            try await studio.forge(Self.forgery(id, 2, "hair_style", into: table))
            try await studio.forge(Self.forgery(other, 1, "story_theme", at: 2, into: table))
        }
    }

    /// Such events are in the logs of installations that ran the older version. Everything has to live with them.
    @Test func aForeignEventIsSkippedAndCountsAsAVersion() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create("hair_style", ["name": "Bob"])
            try await studio.pool.withConnection { connection in
                try connection.runScript("guard_off", unsafeSQL: "SET session_replication_role = replica")
                try connection.execute("forge", Self.forgery(id, 2, "story_theme", into: "events"))
                try connection.runScript(
                    "guard_on",
                    unsafeSQL: """
                        RESET session_replication_role;
                        UPDATE log.head SET position = position + 1;
                        SELECT log.fill_streams()
                        """)
            }
            #expect(try await studio.foreignEventCount() == 1)
            let report = try await studio.rebuilder().rebuild()
            #expect(report.skipped.all.map(\.reason) == [.otherCategory(of: "hair_style")])
            let answer = try await studio.service.writer.submit(
                scribe.command(.patch(["description": "short"]), id, "hair_style"))
            guard case .changed(let changed) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(changed.entity.version == 3)
            #expect(changed.entity.data["tone"] == nil)
            let check = try await studio.checker().check()
            #expect(check.isClean && check.skipped.count == 1)
        }
    }

    /// The migration takes a log as it is, says what its streams are, and has the tables built anew without foreign events.
    @Test func aLogWithForeignEventsIsMigrated() async throws {
        let all = try Migration.load(from: "\(Studio.root)/projections/migrations")
        let template = TestDatabase.Template("before streams") { conninfo in
            let pool = try await PostgresPool(
                configuration: .init(connection: conninfo), metrics: Metrics(), logger: .silent)
            _ = try await Migrator(all.filter { $0.number < 5 }, logger: .silent).run(in: pool)
            await pool.close()
        }
        let database = try await TestDatabase.make(from: template)
        let pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
        let id = TimeOrderedIdentifiers().next()
        try await pool.execute("first", Self.forgery(id, 1, "hair_style", at: 1, into: "events"))
        try await pool.execute("foreign", Self.forgery(id, 2, "story_theme", at: 2, into: "events"))
        try await pool.execute(
            "built", "INSERT INTO log.projections (name, fingerprint, position) VALUES ('entities', 'x', 2)")
        _ = try await Migrator(all, logger: .silent).run(in: pool)
        let streams = try await pool.query("streams", "SELECT stream, category, version FROM log.streams")
            .decode(UUID.self, String.self, Int.self)
        #expect(streams.count == 1)
        #expect(streams.first.map { $0 == (id, "hair_style", 2) } == true)
        let built = try await pool.query("built", "SELECT fingerprint FROM log.projections").only(String.self)
        #expect(built == "not built")
        await #expect(throws: PostgresError.self) {
            try await pool.execute("foreign", Self.forgery(id, 3, "story_theme", at: 3, into: "events"))
        }
        await pool.close()
        await database.drop()
    }

    private static func forgery(
        _ stream: UUID, _ version: Int, _ category: String, at offset: Int = 1, into table: String
    ) -> SQL {
        """
        INSERT INTO log.\(identifier: table)
            (position, recorded_at, stream, version, schema_version, category, type, hash, data, meta)
        SELECT position + \(Int64(offset)), now(), \(stream), \(Int32(version)), 1, \(category),
            \(category + ".updated"), hash, '{"tone": "dark"}', '{}'
        FROM log.head
        """
    }
}

extension Studio {
    /// Events whose category is not that of their stream.
    func foreignEventCount() async throws -> Int {
        try await pool.query(
            "foreign",
            "SELECT count(*) FROM log.events AS e JOIN log.streams AS s ON s.stream = e.stream WHERE e.category <> s.category"
        ).only(Int.self)
    }
}
