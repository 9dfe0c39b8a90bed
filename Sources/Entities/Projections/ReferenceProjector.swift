import Postgres
import Projections
import System

/// Keeps `entity_references`: that something pointed to something else, from one position until another.
struct ReferenceProjector: StreamProjector {
    /// What a reference is, wherever it begins.
    struct Key: Sendable, Hashable, Comparable {
        let source: UUID
        let sourceType: String
        let field: String
        let target: UUID

        static func < (left: Key, right: Key) -> Bool {
            (left.source, left.field, left.target) < (right.source, right.field, right.target)
        }

        /// What an entity points to, by its fields and its links.
        static func all(of entity: Entity, _ content: Content) -> [Key] {
            content.references.map {
                Key(source: entity.id, sourceType: entity.type, field: $0.field, target: $0.target)
            }
                + entity.links.map {
                    Key(
                        source: entity.id, sourceType: entity.type, field: RowRules.indexed("links.\($0.relation)"),
                        target: $0.target)
                }
        }
    }

    struct Row: Sendable {
        let key: Key
        let position: Int
        var until = Self.open

        static let open = Int(Int64.max)
    }

    let table: Table<Row> = Self.table
    var copied = CopyRows()
    private let close: Template
    private var begun: [Row] = []
    /// Those that began before this run, and where they end.
    private var ended: [(key: Key, until: Int)] = []

    static let table: Table<Row> = Table(
        "entity_references", writtenBy: "references_write",
        [
            Column<Row>("source") { $0.key.source },
            Column("source_type") { $0.key.sourceType },
            Column("field") { $0.key.field },
            Column("target") { $0.key.target },
            Column("position") { Int64($0.position) },
            Column("until_position") { Int64($0.until) },
        ], key: ["source", "field", "target", "position"], streamColumn: "source", onConflict: .none)

    init(close: Template) { self.close = close }

    mutating func apply(_ change: EntityChange) {
        let (entity, content) = (change.after.entity, change.after.content)
        let old = change.before.map { Key.all(of: $0.entity, $0.content) } ?? []
        // Most entities point nowhere.
        if old.isEmpty, content.references.isEmpty, entity.links.isEmpty { return }
        let new = Key.all(of: entity, content)
        var known = Set(old)
        for key in new where known.insert(key).inserted { begun.append(Row(key: key, position: entity.position)) }
        for key in Set(old).subtracting(new).sorted() {
            // One that began in this very run is not in the database yet.
            if let index = begun.lastIndex(where: { $0.key == key && $0.until == Row.open }) {
                begun[index].until = entity.position
            } else {
                ended.append((key, entity.position))
            }
        }
    }

    func write(into batch: inout Batch) {
        if !ended.isEmpty {
            batch.add(
                "references_close",
                close([
                    "source": ended.map(\.key.source), "field": ended.map(\.key.field),
                    "target": ended.map(\.key.target), "until_position": ended.map { Int64($0.until) },
                ]))
        }
        if !begun.isEmpty { batch.add(table.query, table.insert(begun)) }
    }

    mutating func takeStreamRows() -> [Row] {
        defer { begun = [] }
        return begun
    }
}
