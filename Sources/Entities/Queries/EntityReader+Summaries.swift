public import Catalogue
import Postgres

/// How many entities of a type there are.
public struct TypeCount: Sendable, Hashable {
    public let alive: Int
    public let archived: Int

    public init(alive: Int, archived: Int) {
        self.alive = alive
        self.archived = archived
    }
}

/// A row of a summary.
public struct SummaryValue: Sendable, Hashable {
    /// The value that the row is for; nil for entities without one, and for a sum over all.
    public let group: String?
    /// A number, with all its digits.
    public let value: String
}

extension EntityReader {
    /// Of a summary, so many rows are told: the largest.
    public static let summaryRowsMax = 50

    /// How many entities of each type there were right after a position; of now where it is nil.
    public func counts(at position: Int?) async throws -> [String: TypeCount] {
        let rows = try await pool.query(
            "entities_by_type",
            """
            SELECT e.type, count(*) FILTER (WHERE NOT e.archived), count(*) FILTER (WHERE e.archived)
            FROM \(ListQuery.source(asOf: position)) WHERE \(ListQuery.present(asOf: position)) GROUP BY e.type
            """)
        var counts: [String: TypeCount] = [:]
        for (type, alive, archived) in try rows.decode(String.self, Int64.self, Int64.self) {
            counts[type] = TypeCount(alive: Int(alive), archived: Int(archived))
        }
        return counts
    }

    /// What a summary said right after a position; of now where it is nil. Archived entities count.
    public func values(
        of summary: TypeSummary, _ type: EntityType, at position: Int?
    ) async throws -> [SummaryValue] {
        let (group, value): (SQL, SQL)
        switch summary.measure {
        case .count(let field): (group, value) = ("e.fields->>\(field)", "count(*)")
        case .sum(let field, let by):
            let number: SQL =
                "CASE WHEN jsonb_typeof(e.fields->\(field)) = 'number' THEN (e.fields->>\(field))::numeric END"
            group = by.map { "e.fields->>\($0)" } ?? "NULL::text"
            value = "coalesce(sum(\(number)), 0)"
        }
        let rows = try await pool.query(
            "entities_summary",
            """
            SELECT \(group), (\(value))::text FROM \(ListQuery.source(asOf: position))
            WHERE \(ListQuery.present(asOf: position)) AND e.type = \(type.name)
            GROUP BY 1 ORDER BY \(value) DESC, 1 LIMIT \(Int64(Self.summaryRowsMax))
            """)
        return try rows.decode(String?.self, String.self).map { SummaryValue(group: $0, value: $1) }
    }
}
