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
            let built = try connection.query(
                "projections_list", "SELECT name, fingerprint, position, built_at FROM log.projections"
            ).decode(String.self, String.self, Int64.self, Timestamp.self)
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
                    builtAt: record?.3, builtPosition: Int(record?.2 ?? 0),
                    isStale: !exists || record.map { isStale(file, $0.1) } ?? true)
            }
        }
    }

    /// The names of those that are missing or want a rebuild.
    func stale(on connection: isolated Connection) throws -> [String] {
        let rows = try connection.query("projections_list", "SELECT name, fingerprint FROM log.projections")
        let built = Dictionary(try rows.decode(String.self, String.self), uniquingKeysWith: { first, _ in first })
        return files.filter { file in built[file.name].map { isStale(file, $0) } ?? true }.map(\.name)
    }

    /// Whether the projection was built in another way than this version would, going by what was noted then.
    func isStale(_ file: ProjectionFile, _ built: String) -> Bool {
        // A type that has just been added has no rows, so nothing has to be built anew for it.
        fingerprint(of: file, without: Set(newTypes(since: built))) != built
    }

    /// The types that were not known then.
    func newTypes(since built: String) -> [String] {
        let known = Set(built.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) })
        return types.map(\.name).filter { !known.contains($0) }
    }
}
