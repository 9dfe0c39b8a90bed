import Postgres
import Synchronization
import System
import Telemetry
import TestSupport

/// The database that the suites of this room share; each test has a schema and an application name of its own in it.
private let sharedDatabase = Task { try await TestDatabase.make() }
private let lastSchema = Atomic<Int>(0)

/// A pool whose tables are its own, closed when the test ends.
func withPool<Result: Sendable>(
    metrics: Metrics = Metrics(), _ change: (inout PoolConfiguration) -> Void = { _ in },
    _ body: (PostgresPool) async throws -> Result
) async throws -> Result {
    let schema = "schema_\(lastSchema.wrappingAdd(1, ordering: .relaxed).newValue)"
    return try await using(
        pool(on: sharedDatabase.value.conninfo, metrics: metrics) {
            $0.connection.settings["search_path"] = schema
            $0.connection.applicationName = schema
            change(&$0)
        }
    ) { pool in
        try await pool.execute("schema", "CREATE SCHEMA \(identifier: schema)")
        return try await body(pool)
    }
}

/// A database of its own and a pool on it, for what a whole database shares, such as channels.
func withDatabase<Result: Sendable>(
    _ change: (inout PoolConfiguration) -> Void = { _ in }, _ body: (PostgresPool) async throws -> Result
) async throws -> Result {
    try await TestDatabase.with { database in try await using(pool(on: database.conninfo, change), body) }
}

private func using<Result: Sendable>(
    _ pool: PostgresPool, _ body: (PostgresPool) async throws -> Result
) async throws -> Result {
    do {
        let result = try await body(pool)
        await pool.close()
        return result
    } catch {
        await pool.close()
        throw error
    }
}

func pool(
    on conninfo: String, metrics: Metrics = Metrics(), _ change: (inout PoolConfiguration) -> Void = { _ in }
) async throws -> PostgresPool {
    var configuration = PoolConfiguration(connection: conninfo)
    // So that a killed connection is noticed at once, not only a second later.
    configuration.idleUncheckedMax = .zero
    configuration.acquireTimeout = .seconds(60)
    change(&configuration)
    return try await PostgresPool(configuration: configuration, metrics: metrics, logger: .silent)
}

/// Runs `body` and returns the error of the room that it throws; nil when it throws none.
func postgresError(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> some Any
) async -> PostgresError? {
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

    /// Whether the server has that process still.
    func isAlive(_ processID: Int) async throws -> Bool {
        try await query("alive", "SELECT count(*) FROM pg_stat_activity WHERE pid = \(Int32(processID))")
            .only(Int.self) == 1
    }

    /// Waits until some other session of this database runs a query that contains `text`; returns its process.
    func whoRuns(_ text: String) async throws -> Int {
        let found = Atomic<Int>(0)
        try await eventually(within: .seconds(10), "a session that runs \(text)") {
            let rows = try await self.query(
                "who_runs",
                """
                SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()
                    AND application_name = current_setting('application_name') AND strpos(query, \(text)) > 0
                """)
            guard let pid = try rows.decode(Int.self).first else { return false }
            found.store(pid, ordering: .relaxed)
            return true
        }
        return found.load(ordering: .relaxed)
    }
}

/// What happened, in order, from any task.
final class Journal: Sendable {
    private let written = Lock<[Int]>([])

    func write(_ entry: Int) { written.withLock { $0.append(entry) } }

    var entries: [Int] { written.withLock { $0 } }
}
