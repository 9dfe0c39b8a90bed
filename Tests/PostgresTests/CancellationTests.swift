import Postgres
import System
import TestSupport
import Testing

@Suite struct CancellationTests {
    @Test func cancellingTheTaskStopsItsStatementAndKeepsTheConnection() async throws {
        try await withPool({ $0.connectionsMax = 2 }) { pool in
            let task = Task {
                try await pool.withConnection { connection in
                    let error = await postgresError { try connection.query("nap", "SELECT pg_sleep(60)") }
                    return (error, connection.processID)
                }
            }
            _ = try await pool.whoRuns("pg_sleep(60)")
            task.cancel()
            let (error, process) = try await task.value
            #expect(error?.code == .cancelled && error?.query == "nap" && error?.isConnectionLost == false)
            let alive = try await pool.query(
                "alive", "SELECT count(*) FROM pg_stat_activity WHERE pid = \(Int32(process))")
            #expect(try alive.only(Int.self) == 1)
        }
    }

    @Test func aTaskCancelledBeforehandSendsNothing() async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (a int)")
            let task = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return try await pool.execute("insert", "INSERT INTO t VALUES (1)")
            }
            let error = await postgresError { try await task.value }
            #expect(error?.code == .cancelled)
            let count = try await pool.query("count", "SELECT count(*) FROM t").only(Int.self)
            #expect(count == 0)
        }
    }

    @Test func aCancelledTransactionIsRolledBackOnAUsableConnection() async throws {
        try await withPool({ $0.connectionsMax = 2 }) { pool in
            try await pool.execute("create", "CREATE TABLE t (a int)")
            let task = Task {
                try await pool.transaction { connection in
                    try connection.execute("insert", "INSERT INTO t VALUES (1)")
                    try connection.execute("nap", "SELECT pg_sleep(60)")
                }
            }
            _ = try await pool.whoRuns("pg_sleep(60)")
            task.cancel()
            let error = await postgresError { try await task.value }
            #expect(error?.code == .cancelled)
            let count = try await pool.query("count", "SELECT count(*) FROM t").only(Int.self)
            #expect(count == 0)
            #expect(pool.connectionCounts == (2, 0))
        }
    }

    /// Cancellations race with the ends of statements; none may hit a neighbour that uses the connection next.
    @Test func aLateCancellationNeverHitsTheNextStatement() async throws {
        try await withPool({ $0.connectionsMax = 1 }) { pool in
            var outcomes = (finished: 0, cancelled: 0)
            for turn in 0..<150 {
                let task = Task { try await pool.query("short", "SELECT pg_sleep(0.0005)") }
                let neighbour = Task { try await pool.query("neighbour", "SELECT \(turn), pg_sleep(0.0005)::text") }
                for _ in 0..<turn % 40 { await Task.yield() }
                task.cancel()
                let error = await postgresError { try await task.value }
                if let error { #expect(error.code == .cancelled) }
                outcomes =
                    error == nil
                    ? (outcomes.finished + 1, outcomes.cancelled) : (outcomes.finished, outcomes.cancelled + 1)
                let (number, _) = try await neighbour.value.only(Int.self, String.self)
                #expect(number == turn)
            }
            #expect(outcomes.cancelled > 0)
        }
    }

    @Test func aStatementThatTakesTooLongIsStopped() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                connection.statementTimeout = .milliseconds(30)
                let error = await postgresError { try connection.query("nap", "SELECT pg_sleep(60)") }
                #expect(error?.code == .statementTimeout && error?.isConnectionLost == false)
                #expect(error?.hint?.contains("statementTimeout") == true)
                connection.statementTimeout = .seconds(30)
                let after = try connection.query("after", "SELECT 1").only(Int.self)
                #expect(after == 1)
            }
        }
    }

    /// The story: on a busy machine the request to stop overtook its statement, found the server idle and was
    /// forgotten; the statement then ran on until the connection was given up.
    @Test func aRequestToStopThatComesTooEarlyIsRepeated() async throws {
        try await withPool({ $0.connection.cancelGrace = .seconds(30) }) { pool in
            try await pool.withConnection { connection in
                let process = try #require(RunningProcess(id: Int32(connection.processID)))
                process.signal(.stop)
                let resumed = Task.detached {
                    let start = ContinuousClock.now
                    try await eventually { ContinuousClock.now - start > .milliseconds(150) }
                    process.signal(.resume)
                }
                connection.statementTimeout = .milliseconds(30)
                let error = await postgresError { try connection.query("early", "SELECT pg_sleep(60)") }
                try await resumed.value
                #expect(error?.code == .statementTimeout && error?.isConnectionLost == false)
            }
        }
    }

    /// The story: a server process that hangs must not hang its caller, nor be used again.
    @Test func aServerThatDoesNotAnswerIsGivenUp() async throws {
        try await withPool({ $0.connection.cancelGrace = .milliseconds(100) }) { pool in
            try await pool.withConnection { connection in
                let process = try #require(RunningProcess(id: Int32(connection.processID)))
                process.signal(.stop)
                defer { process.signal(.resume) }
                connection.statementTimeout = .milliseconds(50)
                let error = await postgresError { try connection.query("frozen", "SELECT 1") }
                #expect(error?.code == .statementTimeout)
                #expect(error?.isConnectionLost == true && error?.isOutcomeUnknown == true)
                let next = await postgresError { try connection.query("next", "SELECT 1") }
                #expect(next?.isConnectionLost == true && next?.isOutcomeUnknown == false)
            }
            let after = try await pool.query("after", "SELECT 1").only(Int.self)
            #expect(after == 1)
        }
    }

    @Test func aServerThatNeverAnswersAConnectionIsGivenUp() async throws {
        let folder = try TemporaryFolder()
        let deaf = try DeafServer(path: folder.path(".s.PGSQL.5432"))
        let error = await postgresError {
            try await pool(on: "host=\(folder.path) dbname=x") { $0.connection.connectTimeout = .milliseconds(50) }
        }
        #expect(error?.code == .connectionRefused && error?.message.contains("0.05 seconds") == true)
        withExtendedLifetime(deaf) {}
    }
}
