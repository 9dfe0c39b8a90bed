public import Catalogue
import EventLog
import JSON
public import Postgres
public import Projections
public import System

/// Makes the rows of all projections of entities from the log: what a rebuild and a check compare the writer's rows with.
public struct EntityFold: ProjectionFold {
    let catalogue: Catalogue
    private let files: [ProjectionFile]

    public init(catalogue: Catalogue, files: [ProjectionFile]) {
        self.catalogue = catalogue
        self.files = files
    }

    /// Places in ``tables``.
    enum Place {
        static let entities = 0
        static let versions = 1
        static let references = 2
        static let words = 3
        static let receipts = 4
    }

    public var tables: [ProjectedTable] { Self.tables }

    private static let tables = [
        ProjectedTable(
            "entities",
            columns: [
                "id", "type", "version", "position", "created_position", "archived", "favorite", "tags", "name",
                "fields", "search", "document",
            ], key: ["id", "type"], streamColumn: "id"),
        ProjectedTable(
            "entity_versions",
            columns: [
                "id", "type", "version", "position", "until_position", "created_position", "archived", "favorite",
                "tags", "name", "fields", "search", "document",
            ], key: ["id", "version"], streamColumn: "id"),
        ProjectedTable(
            "entity_references",
            columns: ["source", "source_type", "field", "target", "position", "until_position"],
            key: ["source", "field", "target", "position"], streamColumn: "source"),
        ProjectedTable("words", columns: ["word", "position"], key: ["word"], streamColumn: nil),
        ProjectedTable(
            "receipts", columns: ["actor", "key", "part", "fingerprint", "id", "version", "position", "recorded_at"],
            key: ["actor", "key", "part"], streamColumn: nil, expiry: .init(column: "recorded_at", after: Receipt.kept)),
    ]

    public func begin(memorable: Timestamp) -> EntityFolding { EntityFolding(catalogue, memorable: memorable) }

    public func update(
        _ gathered: EntityGathered, wanted: Set<String>, in schema: String, into batch: inout Batch
    ) throws {
        for file in files where wanted.contains(file.name) {
            switch file.name {
            case "words" where !gathered.words.isEmpty:
                batch.add("words_write", gathered.wordsStatement(try file.statement("write", in: schema)))
            case "receipts" where !gathered.receipts.isEmpty:
                batch.add("receipts_write", gathered.receiptsStatement(try file.statement("write", in: schema)))
            default: break
            }
        }
    }
}

/// One reader of the log. Only the stream it is at is in memory.
public struct EntityFolding: StreamFolding {
    /// Versions of one stream are handed on when there are so many.
    private static let passedMax = 64

    private let memorable: Timestamp
    private var reading: StreamReading
    public private(set) var gathered = EntityGathered()
    private var state: (entity: Entity, content: Content)?
    private var changes = EntityChanges()

    init(_ catalogue: Catalogue, memorable: Timestamp) {
        reading = StreamReading(catalogue)
        self.memorable = memorable
    }

    public mutating func take(_ event: FoldedEvent, into rows: inout [CopyRows]) throws {
        switch reading.read(event, hasState: state != nil) {
        case .event(let change, let type):
            apply(change, of: type, event, &rows)
            remember(event, id: event.stream, version: event.version)
        case .receipt(let id, let version): remember(event, id: id, version: version)
        case .skipped(let skipped, let type):
            gathered.add(skipped)
            // The stream has a version more, whatever it was meant to be.
            if state != nil, let type { apply(.skipped(verb: event.type), of: type, event, &rows) }
            remember(event, id: event.stream, version: event.version)
        }
    }

    private mutating func apply(
        _ change: EntityEvent, of type: EntityType, _ event: FoldedEvent, _ rows: inout [CopyRows]
    ) {
        let moment = Entity.Moment(position: event.position, version: event.version, time: event.recordedAt)
        var after: Entity
        let content: Content
        if let state {
            after = state.entity
            after.apply(change, at: moment)
            content = after.data == state.entity.data ? state.content : Content(after.data, of: type)
        } else {
            guard let first = Entity(id: event.stream, type: type.name, change, at: moment) else {
                preconditionFailure("a stream begins with what begins it")
            }
            after = first
            content = Content(first.data, of: type)
        }
        Self.add(after, content, before: state, to: &changes, unless: gathered)
        state = (after, content)
        if changes.passed.count >= Self.passedMax { handOn(changes.takePassed(), &rows) }
    }

    private static func add(
        _ entity: Entity, _ content: Content, before: (entity: Entity, content: Content)?,
        to changes: inout EntityChanges, unless gathered: EntityGathered
    ) {
        changes.add(entity, content, before: before) { gathered.isNews($0, at: entity.position) }
    }

    public mutating func endStream(into rows: inout [CopyRows]) {
        handOn(changes.passed, &rows)
        for row in changes.present {
            let entity = row.entity
            rows[EntityFold.Place.entities].append(
                entity.id, entity.type, Int32(entity.version), Int64(entity.position), Int64(entity.createdPosition),
                entity.isArchived, entity.isFavorite, row.tags, row.name, JSONBBytes(row.fields), row.search,
                JSONBytes(row.document))
        }
        for reference in changes.newReferences {
            rows[EntityFold.Place.references].append(
                reference.source, reference.sourceType, reference.field, reference.target, Int64(reference.position),
                Int64(reference.until))
        }
        gathered.add(changes.words)
        state = nil
        changes = EntityChanges()
    }

    private func handOn(_ passed: [(row: EntityRow, until: Int)], _ rows: inout [CopyRows]) {
        for (row, until) in passed {
            let entity = row.entity
            rows[EntityFold.Place.versions].append(
                entity.id, entity.type, Int32(entity.version), Int64(entity.position), Int64(until),
                Int64(entity.createdPosition), entity.isArchived, entity.isFavorite, row.tags, row.name,
                JSONBBytes(row.fields), row.search, JSONBytes(row.document))
        }
    }

    /// - Parameters:
    ///   - id: the entity that the command was answered with, in that version.
    private mutating func remember(_ event: FoldedEvent, id: UUID, version: Int) {
        guard event.recordedAt >= memorable, let bytes = event.meta,
            let meta = (try? JSONValue(parsing: bytes)).flatMap({ EventMeta($0) }), let key = meta.idempotency
        else { return }
        gathered.add(
            Receipt(
                actor: meta.actor, key, id: id, version: version, position: event.position,
                recordedAt: event.recordedAt))
    }
}
