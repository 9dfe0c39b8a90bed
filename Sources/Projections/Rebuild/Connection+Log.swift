import EventLog
import Postgres
import System

/// How far the log goes.
struct Head: Sendable {
    let position: Int
    let recordedAt: Timestamp

    /// Before this, receipts are nobody's any more. By the log's own time, so that it is the same for everyone.
    func memorable(_ kept: Duration) -> Timestamp { recordedAt - kept }
}

extension Connection {
    /// - Parameter locked: until the end of the transaction nobody else appends.
    func logHead(locked: Bool) throws -> Head {
        let rows =
            try locked
            ? query("log_lock_head", "SELECT position, recorded_at FROM log.head FOR UPDATE")
            : query("projection_head", "SELECT position, recorded_at FROM log.head")
        let (position, recordedAt) = try rows.only(Int64.self, Timestamp.self)
        return Head(position: Int(position), recordedAt: recordedAt)
    }

    /// Runs `body` as the only rebuild of this database; checks keep rebuilds out, but not one another.
    ///
    /// The lock goes with the connection, so a killed rebuild does not keep others away.
    func withRebuildLock<Result>(
        shared: Bool = false, _ body: (isolated Connection) async throws -> Result
    ) async throws -> Result {
        let number = ProjectionSet.rebuildLockNumber
        let lock: SQL = shared ? "pg_try_advisory_lock_shared(\(number))" : "pg_try_advisory_lock(\(number))"
        guard try query("rebuild_lock", "SELECT \(lock)").only(Bool.self) else { throw ProjectionError.busy }
        func unlock() {
            let unlock: SQL = shared ? "pg_advisory_unlock_shared(\(number))" : "pg_advisory_unlock(\(number))"
            // Where this fails, the connection is lost, and the lock with it.
            _ = try? query("rebuild_unlock", "SELECT \(unlock)")
        }
        do {
            let result = try await body(self)
            unlock()
            return result
        } catch {
            unlock()
            throw error
        }
    }
}
