import Cryptography
import Postgres
import System

/// The locks by which a process shows that it lives: PostgreSQL lets go of them with the connection, whatever ended it.
enum OperationLock {
    static func of(_ operation: UUID) -> Int64 { number(of: "operation \(operation)") }

    /// Held by one operation of those that exclude each other.
    static func of(group: String) -> Int64 { number(of: "operations \(group)") }

    private static func number(of text: String) -> Int64 {
        let bytes = SHA256.hash(Array(text.utf8)).bytes.prefix(8)
        return Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Those of the locks that nobody holds; with `mine`, those that this connection does not hold.
    static func missing(_ locks: [Int64], mine: Bool = false) -> SQL {
        let holder: SQL =
            mine
            ? "pid = pg_backend_pid()"
            : "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        return """
            SELECT lock FROM unnest(\(locks)) AS lock WHERE lock NOT IN (
                SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
                WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND \(holder))
            """
    }
}
