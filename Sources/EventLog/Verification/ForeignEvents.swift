public import Postgres
import System

/// Events that are in a stream of another category, as they could come in before the database refused them.
public struct ForeignEvents: Sendable, Equatable {
    public let count: Int
    /// The first of them.
    public let first: Int?

    public static let none = ForeignEvents(count: 0, first: nil)

    public init(count: Int, first: Int?) {
        self.count = count
        self.first = first
    }

    /// - Parameter range: the positions to look at; default all.
    public static func find(in pool: PostgresPool, _ range: ClosedRange<Int> = 1...Int(Int64.max)) async throws
        -> ForeignEvents
    {
        // A log that was not migrated yet does not say what its streams are.
        let isKnown = try await pool.query("streams_known", "SELECT to_regclass('log.streams') IS NOT NULL")
            .only(Bool.self)
        guard isKnown else { return .none }
        let (count, first) = try await pool.withConnection { connection in
            connection.statementTimeout = patience
            return try connection.query(
                "foreign_events",
                """
                SELECT count(*), min(e.position) FROM log.events AS e JOIN log.streams AS s ON s.stream = e.stream
                WHERE e.category <> s.category
                    AND e.position BETWEEN \(Int64(range.lowerBound)) AND \(Int64(range.upperBound))
                """
            ).only(Int.self, Int?.self)
        }
        return ForeignEvents(count: count, first: first)
    }

    /// For the server to look through a long log.
    private static let patience: Duration = .seconds(3_600)
}
