import Postgres
import TestSupport
import Testing

/// The server process is killed in the middle of each kind of call.
@Suite struct KilledBackendTests {
    enum Call: String, CaseIterable, Sendable {
        case query, execute, script, batch, copyIn, copyOut, transaction, advisoryLock

        func run(_ connection: isolated Connection) async throws {
            switch self {
            case .query: _ = try connection.query("victim", "SELECT 'victim', pg_sleep(60)")
            case .execute:
                try connection.execute(
                    "victim", "CREATE TEMPORARY TABLE v AS SELECT 'victim' AS v, pg_sleep(60)::text AS w")
            case .script: try connection.runScript("victim", unsafeSQL: "SELECT 'victim'; SELECT pg_sleep(60);")
            case .batch:
                var batch = Batch("victim")
                batch.add("quick", "SELECT 1")
                batch.add("victim", "SELECT 'victim', pg_sleep(60)")
                batch.add("late", "SELECT 2")
                try connection.run(batch)
            case .copyIn:
                try connection.runScript("setup", unsafeSQL: "CREATE TEMPORARY TABLE v (victim bigint)")
                try await connection.copyIn("victim", "COPY v (victim) FROM STDIN (FORMAT binary)") { writer in
                    while true { try writer.write(1) }
                }
            case .copyOut:
                try connection.copyOut(
                    "victim", "COPY (SELECT 'victim', generate_series(1, 1000000000)) TO STDOUT (FORMAT binary)"
                ) { _ in }
            case .transaction:
                try await connection.transaction { connection in
                    try connection.execute("insert", "INSERT INTO kept VALUES (1)")
                    try connection.execute("victim", "SELECT 'victim', pg_sleep(60)")
                }
            case .advisoryLock:
                try await connection.withAdvisoryLock(1) { connection in
                    try connection.execute("victim", "SELECT 'victim', pg_sleep(60)")
                }
            }
        }
    }

    @Test(arguments: Call.allCases)
    func theCallerIsToldAndTheConnectionReplaced(call: Call) async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE kept (a int)")
            let task = Task {
                try await pool.withConnection { connection in
                    let error = await postgresError { try await call.run(connection) }
                    let next = await postgresError { try connection.query("next", "SELECT 1") }
                    return (error, next, connection.processID)
                }
            }
            let victim = try await pool.whoRuns("victim")
            try await pool.terminate(victim)
            let (error, next, _) = try await task.value
            #expect(
                error?.code == .adminShutdown || error?.code == .connectionLost, "\(call): \(String(describing: error))"
            )
            #expect(error?.isConnectionLost == true && error?.isOutcomeUnknown == true)
            #expect(error?.query == "victim")
            #expect(next?.isConnectionLost == true && next?.isOutcomeUnknown == false)
            let after = try await pool.query("after", "SELECT count(*) FROM kept").only(Int.self)
            #expect(after == 0)
            try await eventually { pool.connectionCounts.lent == 0 }
        }
    }

    /// Killed between two statements of a transaction: the next statement tells, and nothing was kept.
    @Test func aTransactionWhoseServerDiedBetweenStatementsIsNotCommitted() async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE kept (a int)")
            let error = await postgresError {
                try await pool.transaction { connection in
                    try connection.execute("insert", "INSERT INTO kept VALUES (1)")
                    let victim = connection.processID
                    try await pool.terminate(victim)
                    try await eventually {
                        let rows = try await pool.query(
                            "gone", "SELECT count(*) FROM pg_stat_activity WHERE pid = \(Int32(victim))")
                        return try rows.only(Int.self) == 0
                    }
                }
            }
            #expect(error?.query == "commit" && error?.isConnectionLost == true)
            let count = try await pool.query("count", "SELECT count(*) FROM kept").only(Int.self)
            #expect(count == 0)
        }
    }

    /// A crash of the whole server, with `kill -9`, in the middle of statements: all callers are told, and later ones
    /// are served again.
    @Test func aCrashOfTheServerIsSurvived() async throws {
        let cluster = try await TestCluster.start()
        let pool = try await pool(on: cluster.conninfo()) { $0.acquireTimeout = .seconds(60) }
        let sleepers = (0..<3).map { _ in
            Task { await postgresError { try await pool.query("nap", "SELECT pg_sleep(60)") } }
        }
        try await eventually {
            let rows = try await pool.query(
                "asleep", "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'")
            return try rows.only(Int.self) == 3
        }
        try await cluster.crash()
        for sleeper in sleepers {
            let error = await sleeper.value
            #expect(error?.isConnectionLost == true && error?.isOutcomeUnknown == true)
        }
        let after = try await pool.query("after", "SELECT 1").only(Int.self)
        #expect(after == 1)
        await pool.close()
        await cluster.stop()
    }
}
