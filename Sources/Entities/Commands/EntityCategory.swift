public import Catalogue
public import Commands
import EventLog
import JSON
public import Postgres
public import Projections
import System

/// Entities of all types: decides the commands on them and keeps their projections, one batch at a time.
public struct EntityCategory: CommandCategory {
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

    /// What archiving takes along, only the database can tell.
    public func wantsFreshBatch(_ command: EntityCommand) -> Bool {
        switch command.action {
        case .archive, .unarchive: catalogue.hasDependents(command.type.name)
        default: false
        }
    }

    public func load(_ commands: [EntityCommand], leadingCount: Int, into batch: inout Batch) {
        let wanted = LookupRequest(commands, leadingCount: leadingCount, catalogue)
        if !wanted.targets.isEmpty { batch.add("entities_load", wanted.loadTargets(bytesMax: limits.loadedBytesMax)) }
        if !wanted.claims.isEmpty { batch.add("streams_load", wanted.loadOwners) }
        if !wanted.pairs.isEmpty { batch.add("references_check", wanted.checkPairs) }
        if !wanted.anywhere.isEmpty { batch.add("references_check_any", wanted.checkAnywhere) }
    }

    public func scene(
        for commands: [EntityCommand], leadingCount: Int, _ loaded: inout ArraySlice<Rows>
    ) throws -> EntityScene {
        try EntityScene(LookupRequest(commands, leadingCount: leadingCount, catalogue), &loaded, self)
    }

    func write(_ changes: [EntityChange], into batch: inout Batch) {
        vocabulary.beginBatch()
        var list = projections.entities(vocabulary)
        for change in changes { list.apply(change) }
        list.write(into: &batch)
    }

    public var fold: FoldPart { projections.fold(catalogue) }

    public func committed() { vocabulary.confirm() }

    /// Those that go with the command's entity when it is archived, or come back with it, however far removed.
    func dependents(of command: EntityCommand, on connection: isolated Connection) throws -> [Entity] {
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
