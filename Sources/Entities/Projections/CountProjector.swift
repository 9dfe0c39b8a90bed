import Postgres
import Projections

/// Keeps `entity_counts`: how many entities there are of each type, archived or not, favourite or not.
struct CountProjector: SharedProjector {
    struct Key: Sendable, Hashable, Comparable {
        let type: String
        let isArchived: Bool
        let isFavorite: Bool

        init(_ entity: Entity) {
            type = entity.type
            isArchived = entity.isArchived
            isFavorite = entity.isFavorite
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.type, left.isArchived ? 1 : 0, left.isFavorite ? 1 : 0)
                < (right.type, right.isArchived ? 1 : 0, right.isFavorite ? 1 : 0)
        }
    }

    struct Row: Sendable {
        let key: Key
        var count: Int
    }

    let table: Table<Row> = Self.table
    var shared: [Key: Row] = [:]
    /// Events up to this position are counted already.
    private let after: Int

    /// A combination that no entity has any more keeps its row, with 0: so it is the same table whoever makes it.
    static let table: Table<Row> = Table(
        "entity_counts", writtenBy: "counts_write",
        [
            Column<Row>("type") { $0.key.type },
            Column("archived") { $0.key.isArchived },
            Column("favorite") { $0.key.isFavorite },
            Column("count") { Int64($0.count) },
        ], key: ["type", "archived", "favorite"], onConflict: .add("count"))

    init(after: Int = 0) { self.after = after }

    mutating func apply(_ change: EntityChange) {
        guard change.after.entity.position > after else { return }
        let (old, new) = (change.before.map { Key($0.entity) }, Key(change.after.entity))
        if old == new { return }
        if let old { add(Row(key: old, count: -1), for: old) }
        add(Row(key: new, count: 1), for: new)
    }

    func combine(_ known: Row?, _ new: Row) -> Row? {
        guard var sum = known else { return new }
        sum.count += new.count
        return sum
    }
}
