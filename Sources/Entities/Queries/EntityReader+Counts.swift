public import EventLog
import Postgres

/// How many entities there are of one kind.
public struct EntityCount: Sendable, Hashable {
    public let type: String
    public let isArchived: Bool
    public let isFavorite: Bool
    public let count: Int
}

extension EntityReader {
    /// How many entities there are of each everyday type, archived or not, favourite or not. Kinds without any are left out.
    public func counts(at point: Point = .now) async throws -> (items: [EntityCount], position: Int) {
        let asOf = try await position(of: point)
        var batch = Batch.snapshot("entities_counts")
        batch.add("entities_counted", asOf == nil ? maintained : counted(asOf: asOf))
        batch.endSnapshot()
        let answers = try await pool.run(batch)
        let items = try answers[3].decode(String.self, Bool.self, Bool.self, Int64.self).map {
            EntityCount(type: $0, isArchived: $1, isFavorite: $2, count: Int($3))
        }
        return (items, try asOf ?? Batch.head(in: answers).position)
    }

    private var maintained: SQL {
        """
        SELECT type, archived, favorite, count FROM live.entity_counts
        WHERE type = ANY(\(everyday)) AND count > 0 ORDER BY type, archived, favorite
        """
    }

    /// Nothing maintains the counts of the past.
    private func counted(asOf position: Int?) -> SQL {
        """
        SELECT e.type, e.archived, e.favorite, count(*) FROM \(ListQuery.source(asOf: position))
        WHERE e.type = ANY(\(everyday)) AND \(ListQuery.present(asOf: position))
        GROUP BY e.type, e.archived, e.favorite ORDER BY e.type, e.archived, e.favorite
        """
    }
}
