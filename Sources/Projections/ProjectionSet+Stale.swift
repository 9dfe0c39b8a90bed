public import Postgres

extension ProjectionSet {
    /// The names of projections that are missing, lack an index, or that this version would build in another way. Unlike ``list(in:)`` it
    /// counts no rows.
    public func staleNames(in pool: PostgresPool) async throws -> [String] {
        try await pool.withConnection { try unfinished(on: $0) }
    }
}
