import Postgres
import Synchronization
import Telemetry
import TestSupport

/// A database of its own and a pool on it, both gone when the test ends.
func withPool<Result: Sendable>(
    metrics: Metrics = Metrics(), _ change: (inout PoolConfiguration) -> Void = { _ in },
    _ body: (PostgresPool) async throws -> Result
) async throws -> Result {
    try await TestDatabase.with { database in
        let pool = try await pool(on: database.conninfo, metrics: metrics, change)
        do {
            let result = try await body(pool)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }
}

func pool(
    on conninfo: String, metrics: Metrics = Metrics(), _ change: (inout PoolConfiguration) -> Void = { _ in }
) async throws -> PostgresPool {
    var configuration = PoolConfiguration(connection: conninfo)
    // So that a killed connection is noticed at once, not only a second later.
    configuration.idleUncheckedMax = .zero
    change(&configuration)
    return try await PostgresPool(configuration: configuration, metrics: metrics, logger: .silent)
}

/// Runs `body` and returns the error of the room that it throws; nil when it throws none.
func postgresError(_ body: () async throws -> some Any) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

extension PostgresPool {
    /// Kills the server process behind another connection, once that runs something.
    func terminate(_ processID: Int) async throws {
        _ = try await query("terminate", "SELECT pg_terminate_backend(\(Int32(processID)))")
    }

    /// Waits until some other session of this database runs a query that contains `text`; returns its process.
    func whoRuns(_ text: String) async throws -> Int {
        let found = Atomic<Int>(0)
        try await eventually(within: .seconds(10), "a session that runs \(text)") {
            let rows = try await self.query(
                "who_runs",
                """
                SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()
                    AND datname = current_database() AND strpos(query, \(text)) > 0
                """)
            guard let pid = try rows.decode(Int.self).first else { return false }
            found.store(pid, ordering: .relaxed)
            return true
        }
        return found.load(ordering: .relaxed)
    }
}
