import Postgres
import Projections
import System

/// Keeps `entity_versions`: every version that has a successor.
struct VersionProjector: StreamProjector {
    struct Row: Sendable {
        let row: EntityRow
        let until: Int
    }

    let table: Table<Row> = Self.table
    var copied = CopyRows()
    private let move: Template
    /// The latest version of each entity, as far as it came in this run.
    private var latest: [EntityKey: EntityRow] = [:]
    /// Entities whose present version, as the database holds it, becomes the past.
    private var moved: [(key: EntityKey, until: Int)] = []
    /// Versions that came and went within the run.
    private var passed: [Row] = []

    /// Of a long stream, so many are kept until they are copied.
    private static let passedMax = 64

    static let table: Table<Row> = Table(
        "entity_versions", writtenBy: "versions_write",
        EntityRow.columns.map { $0.lifted { (row: Row) in row.row } }
            + [Column("until_position") { Int64($0.until) }],
        key: ["id", "version"], streamColumn: "id", onConflict: .none)

    init(move: Template) { self.move = move }

    mutating func apply(_ change: EntityChange) {
        let key = EntityKey(change.after.entity)
        let position = change.after.entity.position
        if let former = latest.updateValue(change.after, forKey: key) {
            passed.append(Row(row: former, until: position))
        } else if change.before != nil {
            moved.append((key, position))
        }
    }

    /// Must come before the new versions are written: what moves is read from the table of the present.
    func write(into batch: inout Batch) {
        if !moved.isEmpty {
            batch.add(
                "versions_move",
                move([
                    "id": moved.map(\.key.id), "type": moved.map(\.key.type),
                    "until_position": moved.map { Int64($0.until) },
                ]))
        }
        for portion in EntityRow.portions(of: passed, row: \.row) { batch.add(table.query, table.insert(portion)) }
    }

    mutating func takeStreamRows() -> [Row] {
        defer { (latest, passed) = ([:], []) }
        return passed
    }

    mutating func takeRows() -> CopyRows {
        if passed.count >= Self.passedMax {
            for row in passed { table.append(row, to: &copied) }
            passed = []
        }
        defer { copied = CopyRows() }
        return copied
    }
}
