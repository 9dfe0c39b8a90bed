public import Postgres

/// Tables that were in use before a rebuild, kept until someone says otherwise.
public struct OldSchema: Sendable, Hashable {
    /// Such as `old_20261121_094500_123456`: when they went out of use, in UTC.
    public let name: String
    public let bytes: Int

    static let prefix = "old_"

    /// In order of time.
    public static func all(in pool: PostgresPool) async throws -> [OldSchema] {
        try await pool.query(
            "projection_old_schemas",
            """
            SELECT n.nspname::text, coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
            FROM pg_namespace AS n LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'r'
            WHERE n.nspname ~ \(pattern) GROUP BY n.nspname ORDER BY n.nspname
            """
        ).decode(String.self, Int64.self).map { OldSchema(name: $0, bytes: Int($1)) }
    }

    /// Drops them all, and returns what there was.
    public static func dropAll(in pool: PostgresPool) async throws -> [OldSchema] {
        let all = try await all(in: pool)
        for old in all {
            try await pool.execute("projection_drop_old", "DROP SCHEMA IF EXISTS \(identifier: old.name) CASCADE")
        }
        return all
    }

    private static var pattern: String { "^\(prefix)[0-9]{8}_[0-9]{6}_[0-9]{6}$" }
}
