import Postgres
import Projections
import System

extension EntityRow {
    /// What every version of an entity has in its row, present or past.
    static let columns: [Column<EntityRow>] = [
        Column("id") { $0.entity.id },
        Column("type") { $0.entity.type },
        Column("version") { Int32($0.entity.version) },
        Column("position") { Int64($0.entity.position) },
        Column("created_position") { Int64($0.entity.createdPosition) },
        Column("archived") { $0.entity.isArchived },
        Column("favorite") { $0.entity.isFavorite },
        Column("tags", list: { $0.entity.tags.map(RowRules.indexed) }),
        Column("name") { $0.name },
        Column("fields") { JSONBBytes($0.content.fields) },
        Column("search") { $0.content.search },
        Column("document") { JSONBytes($0.document) },
    ]

    /// Rows in portions that one statement can take: parameters have to fit into memory, here and in the server, and each row
    /// finds its tags by walking over those of the others.
    static func portions<Item>(of items: [Item], row: (Item) -> EntityRow) -> [[Item]] {
        var portions: [[Item]] = []
        var bytes = 0
        for item in items {
            let count = row(item).document.count
            bytes += count
            if let last = portions.indices.last, portions[last].count < rowsMax, bytes <= documentBytesMax {
                portions[last].append(item)
            } else {
                portions.append([item])
                bytes = count
            }
        }
        return portions
    }

    private static let rowsMax = 64
    private static let documentBytesMax = 16 << 20
}

/// Keeps `entities`: the latest version of each.
struct EntityProjector: StreamProjector {
    let table: Table<EntityRow> = Self.table
    var copied = CopyRows()
    private var rows: [EntityRow] = []
    private var places: [EntityKey: Int] = [:]

    static let table: Table<EntityRow> = Table(
        "entities", writtenBy: "entities_write", EntityRow.columns, key: ["id", "type"], streamColumn: "id",
        onConflict: .replace)

    mutating func apply(_ change: EntityChange) {
        let key = EntityKey(change.after.entity)
        if let place = places[key] {
            rows[place] = change.after
        } else {
            places[key] = rows.count
            rows.append(change.after)
        }
    }

    func write(into batch: inout Batch) {
        for portion in EntityRow.portions(of: rows, row: \.self) { batch.add(table.query, table.insert(portion)) }
    }

    mutating func takeStreamRows() -> [EntityRow] {
        defer { (rows, places) = ([], [:]) }
        return rows
    }
}
