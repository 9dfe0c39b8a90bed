public import Catalogue
public import EventLog
import JSON
public import Postgres
import Projections
import System

/// Decides commands on entities and keeps their projections, one batch at a time.
public struct EntityHandler: CommandHandler {
    public typealias Command = EntityCommand
    public typealias Answer = EntityAnswer

    /// The limits of what is read for one batch, by the sizes of documents.
    public struct Limits: Sendable {
        /// Documents of the entities to change; where those of the first command take more, it is decided alone.
        public var loadedBytesMax = 16 << 20
        /// The entities that are archived together, or come back together. Each counts as its document and 2,000 bytes:
        /// what is written for it grows with both, and nobody else can write meanwhile.
        public var cascadeBytesMax = 32 << 20

        public init() {}
    }

    let catalogue: Catalogue
    private let projections: EntityProjections
    private let vocabulary: Vocabulary
    private let limits: Limits

    public init(catalogue: Catalogue, projections: EntityProjections, limits: Limits = .init()) {
        self.catalogue = catalogue
        self.projections = projections
        self.limits = limits
        vocabulary = Vocabulary()
    }

    public func byteCount(of command: EntityCommand) -> Int { command.byteCount }

    /// What archiving takes along, only the database can tell.
    public func wantsFreshBatch(_ command: EntityCommand) -> Bool {
        switch command.action {
        case .archive, .unarchive: catalogue.hasDependents(command.type.name)
        default: false
        }
    }

    public func load(_ commands: [EntityCommand], into batch: inout Batch) {
        let wanted = Wanted(commands, catalogue)
        if !wanted.targets.isEmpty { batch.add("entities_load", wanted.loadTargets(bytesMax: limits.loadedBytesMax)) }
        if !wanted.claims.isEmpty { batch.add("streams_load", wanted.loadOwners) }
        if !wanted.pairs.isEmpty { batch.add("references_check", wanted.checkPairs) }
        if !wanted.anywhere.isEmpty { batch.add("references_check_any", wanted.checkAnywhere) }
        if !wanted.keys.isEmpty { batch.add("receipts_load", wanted.loadReceipts) }
    }

    public func decide(
        _ commands: [EntityCommand], _ loaded: ArraySlice<Rows>, on connection: isolated Connection,
        _ log: inout Appending, into batch: inout Batch
    ) throws -> [Result<EntityAnswer, any Error>] {
        var scene = try Scene(Wanted(commands, catalogue), loaded, catalogue)
        let decided = commands.prefix(while: scene.canDecide)
        let answers = try decided.map { command -> Result<EntityAnswer, any Error> in
            do {
                if let answer = try scene.repetition(of: command) { return .success(answer) }
                var steps = try scene.decide(command)
                if wantsFreshBatch(command), !steps.isEmpty {
                    let taken = try dependents(of: command, on: connection)
                    steps = scene.cascade(command, taken) + steps
                }
                return .success(scene.carryOut(command, steps, &log))
            } catch let rejection as Rejection {
                return .failure(rejection)
            }
        }
        project(scene, into: &batch)
        return answers
    }

    private func project(_ scene: Scene, into batch: inout Batch) {
        vocabulary.beginBatch()
        var entities = projections.entities(vocabulary)
        for change in scene.changes { entities.apply(change) }
        entities.write(into: &batch)
        var receipts = projections.receipts()
        for receipt in scene.receipts { receipts.apply(receipt) }
        receipts.write(into: &batch)
    }

    public func committed() { vocabulary.confirm() }

    /// Those that go with the command's entity when it is archived, or come back with it, however far removed.
    private func dependents(of command: EntityCommand, on connection: isolated Connection) throws -> [Entity] {
        let isArchiving = if case .archive = command.action { true } else { false }
        let fields = catalogue.dependentFields
        let rows = try connection.query(
            "entities_dependents",
            """
            WITH RECURSIVE cascade (type, field) AS (
                SELECT * FROM unnest(\(fields.map(\.type)), \(fields.map(\.field)))
            ), taken (id, type) AS (
                SELECT e.id, e.type FROM live.entities AS e WHERE e.id = \(command.id) AND e.type = \(command.type.name)
                UNION
                SELECT r.source, r.source_type FROM taken AS t
                JOIN live.entity_references AS r ON r.target = t.id AND r.until_position = \(Int64.max)
                JOIN cascade AS c ON c.type = r.source_type AND c.field = r.field
            ), found (document, created_position, bytes) AS (
                SELECT e.document, e.created_position,
                    sum(octet_length(e.document::text) + 2000) OVER ()
                FROM taken AS t JOIN live.entities AS e ON e.id = t.id AND e.type = t.type
                WHERE e.id <> \(command.id) AND e.archived = \(!isArchiving)
                    AND (\(isArchiving) OR e.document->>'archived_with' = \(command.id.description))
            )
            SELECT CASE WHEN bytes <= \(Int64(limits.cascadeBytesMax)) THEN document END, created_position, bytes::bigint
            FROM found ORDER BY created_position
            """)
        return try rows.decode(JSONBytes?.self, Int64.self, Int64.self).map { document, created, bytes in
            guard let document else {
                throw Rejection.cascadeTooLarge(
                    count: rows.count, bytes: Int(bytes), limitBytes: limits.cascadeBytesMax)
            }
            return try Entity(document: document.bytes, createdPosition: Int(created))
        }
    }
}

extension Catalogue {
    /// The fields that take their entity along into the archive.
    var dependentFields: [(type: String, field: String)] {
        types.flatMap { type in
            type.references.filter { $0.reference.onArchive == .archive }.map { (type.name, $0.path) }
        }
    }

    package func hasDependents(_ name: String) -> Bool {
        types.contains { type in
            type.references.contains { $0.reference.onArchive == .archive && $0.reference.allows(type: name) }
        }
    }
}
