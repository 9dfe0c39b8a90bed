import Postgres
import System

/// The statements that compare a live table with one that was made from the log.
struct TableComparison {
    private let table: TableShape
    private let live: String
    private let scratch: String
    private let condition: String

    init(_ table: TableShape, _ head: Head, live: String, scratch: String) {
        self.table = table
        self.live = live
        self.scratch = scratch
        condition =
            table.expiry.map { "WHERE \($0.column) >= '\(head.memorable($0.after).description)'" } ?? ""
    }

    /// How many rows, and a sum that is the same in whatever order they come.
    func sum(of schema: String) -> SQL {
        SQL(
            unsafeSQL: """
                SELECT count(*), coalesce(sum(hashtextextended(ROW(\(table.columns.joined(separator: ", ")))::text, 0)
                    ::numeric), 0)::text
                FROM \(schema).\(table.name) \(condition)
                """)
    }

    /// Rows that differ: how, which, and in what.
    func rows(limit: Int) -> SQL {
        let key = table.key.joined(separator: ", ")
        let named = table.key.map { "\($0)::text" }.joined(separator: ", ")
        let differing = table.columns.filter { !table.key.contains($0) }.map {
            "CASE WHEN a.\($0)::text IS DISTINCT FROM b.\($0)::text THEN '\($0)' END"
        }.joined(separator: ", ")
        func side(_ schema: String) -> String {
            "(SELECT *, true AS is_here FROM \(schema).\(table.name) \(condition))"
        }
        return SQL(
            unsafeSQL: """
                SELECT kind, key, columns FROM (
                    SELECT CASE WHEN a.is_here IS NULL THEN 'missing' WHEN b.is_here IS NULL THEN 'surplus'
                            ELSE 'different' END AS kind,
                        ARRAY[\(named)]::text[] AS key,
                        CASE WHEN a.is_here AND b.is_here THEN array_remove(ARRAY[\(differing)]::text[], NULL)
                            ELSE '{}' END AS columns,
                        a.is_here AND b.is_here AS is_in_both
                    FROM \(side(live)) AS a FULL JOIN \(side(scratch)) AS b USING (\(key))
                ) AS compared
                WHERE is_in_both IS NULL OR columns <> '{}'
                ORDER BY kind, key LIMIT \(limit)
                """)
    }
}
