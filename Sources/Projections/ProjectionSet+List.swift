public import Postgres
public import System

/// A projection as it stands in the database.
public struct ProjectionState: Sendable, Hashable {
    public let name: String
    public let summary: String
    public let rows: Int
    /// With its indexes.
    public let bytes: Int
    /// When its tables were made; nil where they are missing.
    public let builtAt: Timestamp?
    /// The last event that was in the log when its tables were made.
    public let builtPosition: Int
    /// Whether this version would build it in another way, so that it wants a rebuild.
    public let isStale: Bool
}

extension ProjectionSet {
    /// All projections as they stand. Counts their rows, which takes a while in large ones.
    public func list(in pool: PostgresPool) async throws -> [ProjectionState] {
        try await pool.withConnection { connection in
            let stale = try stale(on: connection)
            let built = try connection.query(
                "projections_built", "SELECT name, position, built_at FROM log.projections"
            ).decode(String.self, Int64.self, Timestamp.self)
            return try files.map { file in
                let record = built.first { $0.0 == file.name }
                let (exists, bytes) = try connection.query(
                    "projection_size",
                    """
                    SELECT to_regclass(\("\(Self.live).\(file.name)")) IS NOT NULL,
                        (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
                            FROM pg_class AS c LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
                            WHERE to_regclass(\("\(Self.live).\(file.name)")) IN (c.oid, i.inhparent)
                                AND c.relkind IN ('r', 'p'))
                    """
                ).only(Bool.self, Int64.self)
                let rows =
                    exists
                    ? try connection.query(
                        "projection_count", "SELECT count(*) FROM \(unsafeSQL: "\(Self.live).\(file.name)")"
                    ).only(Int64.self) : Int64(0)
                return ProjectionState(
                    name: file.name, summary: file.summary, rows: Int(rows), bytes: Int(bytes),
                    builtAt: record?.2, builtPosition: Int(record?.1 ?? 0),
                    isStale: !exists || stale.contains(file.name))
            }
        }
    }
}
