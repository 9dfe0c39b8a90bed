import Postgres
import Synchronization
import System
import Telemetry
import TestSupport
import Testing

@Suite struct TransactionTests {
    private struct Refused: Error {}

    private func makeAccounts(_ pool: PostgresPool) async throws {
        try await pool.withConnection { connection in
            try connection.runScript(
                "accounts",
                unsafeSQL:
                    "CREATE TABLE accounts (id int PRIMARY KEY, amount int); INSERT INTO accounts VALUES (1, 10), (2, 20)"
            )
        }
    }

    private func amounts(_ pool: PostgresPool) async throws -> [Int] {
        try await pool.query("amounts", "SELECT amount FROM accounts ORDER BY id").decode(Int.self)
    }

    @Test func whatReturnsIsCommittedAndWhatThrowsIsUndone() async throws {
        try await withPool { pool in
            try await makeAccounts(pool)
            try await pool.transaction { try $0.execute("take", "UPDATE accounts SET amount = 0 WHERE id = 1") }
            await #expect(throws: Refused.self) {
                try await pool.transaction { connection in
                    try connection.execute("take", "UPDATE accounts SET amount = 0")
                    throw Refused()
                }
            }
            #expect(try await amounts(pool) == [0, 20])
        }
    }

    @Test func aPartCanFailByItself() async throws {
        try await withPool { pool in
            try await makeAccounts(pool)
            try await pool.transaction { connection in
                try connection.execute("first", "UPDATE accounts SET amount = 1 WHERE id = 1")
                try? await connection.transaction { connection in
                    try connection.execute("second", "UPDATE accounts SET amount = 2 WHERE id = 2")
                    try connection.execute("broken", "SELECT 1 / 0")
                }
                try await connection.transaction { connection in
                    try connection.execute("third", "INSERT INTO accounts VALUES (3, 3)")
                }
            }
            #expect(try await amounts(pool) == [1, 20, 3])
        }
    }

    /// PostgreSQL answers the COMMIT of a transaction in which something failed by `ROLLBACK`, and calls that a success.
    @Test func aTransactionWithAnIgnoredErrorIsNotSaidToBeCommitted() async throws {
        try await withPool { pool in
            try await makeAccounts(pool)
            let error = await postgresError {
                try await pool.transaction { connection in
                    try connection.execute("take", "UPDATE accounts SET amount = 0")
                    _ = try? connection.query("broken", "SELECT 1 / \(0)")
                }
            }
            #expect(error?.code == .transactionFailed && error?.isConnectionLost == false)
            #expect(try await amounts(pool) == [10, 20])
            #expect(pool.connectionCounts == (1, 0))
        }
    }

    @Test func aConstraintThatWaitsForTheCommitFailsTheTransaction() async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let error = await postgresError {
                try await pool.transaction { connection in
                    try connection.execute("twice", "INSERT INTO t VALUES (1), (1)")
                }
            }
            #expect(error?.code == .uniqueViolation && error?.query == "commit")
        }
    }

    @Test func workThatEndsItsTransactionItselfIsRefused() async throws {
        try await withPool { pool in
            try await makeAccounts(pool)
            let error = await postgresError {
                try await pool.transaction { try $0.runScript("end", unsafeSQL: "COMMIT") }
            }
            #expect(error?.code == .usage)
        }
    }

    /// The default is short, so that nobody else waits for one that sleeps; who has to sleep says so.
    @Test func aTransactionThatSleepsIsEndedUnlessItAskedForTheTime() async throws {
        try await withPool({ $0.connection.settings["idle_in_transaction_session_timeout"] = "50ms" }) { pool in
            try await makeAccounts(pool)
            @Sendable func sleepInTransaction(idleMax: Duration?) async throws {
                try await pool.withConnection { sleeper in
                    let sleeperID = sleeper.processID
                    try await sleeper.transaction(idleMax: idleMax) { sleeper in
                        try sleeper.execute("lock", "UPDATE accounts SET amount = 0 WHERE id = 1")
                        let end = ContinuousClock.now + .milliseconds(300)
                        try await eventually("it slept long enough, or was ended") {
                            if ContinuousClock.now > end { return true }
                            return try await !pool.isAlive(sleeperID)
                        }
                        try sleeper.execute("go_on", "UPDATE accounts SET amount = 0 WHERE id = 2")
                    }
                }
            }
            let error = await postgresError { try await sleepInTransaction(idleMax: nil) }
            #expect(error?.isConnectionLost == true)
            #expect(try await amounts(pool) == [10, 20])
            try await sleepInTransaction(idleMax: .seconds(60))
            #expect(try await amounts(pool) == [0, 0])
        }
    }

    @Test func waitingForALockHasALimitThatATransactionCanRaise() async throws {
        try await withPool({ $0.connection.settings["lock_timeout"] = "50ms" }) { pool in
            try await makeAccounts(pool)
            try await pool.transaction { holder in
                try holder.execute("hold", "UPDATE accounts SET amount = 0 WHERE id = 1")
                let error = await postgresError {
                    try await pool.execute("wait", "UPDATE accounts SET amount = 1 WHERE id = 1")
                }
                #expect(error?.code == .lockNotAvailable && error?.isConnectionLost == false)
            }
            let patient = try await pool.transaction { holder in
                try holder.execute("hold", "UPDATE accounts SET amount = 0 WHERE id = 1")
                let patient = Task {
                    try await pool.transaction { connection in
                        try connection.waitForLocks(atMost: .seconds(60))
                        try connection.execute("wait_long", "UPDATE accounts SET amount = 2 WHERE id = 1")
                    }
                }
                _ = try await pool.whoRuns("SET amount = 2")
                return patient
            }
            try await patient.value
            #expect(try await amounts(pool) == [2, 20])
        }
    }

    /// Others hold such a lock for as long as they work: that is not what the limit is for.
    @Test func anAdvisoryLockIsWaitedForBeyondThatLimit() async throws {
        try await withPool({ $0.connection.settings["lock_timeout"] = "20ms" }) { pool in
            let waiter = try await pool.withConnection { holder in
                try await holder.withAdvisoryLock(4_712) { holder in
                    let waiter = Task {
                        try await pool.withConnection { connection in
                            try await connection.withAdvisoryLock(4_712) { connection in
                                try connection.query("limit", "SELECT current_setting('lock_timeout')")
                                    .only(String.self)
                            }
                        }
                    }
                    _ = try await pool.whoRuns("pg_advisory_lock(4712)")
                    let end = ContinuousClock.now + .milliseconds(100)
                    try await eventually { ContinuousClock.now > end }
                    return waiter
                }
            }
            #expect(try await waiter.value == "20ms", "what follows has the limit again")
        }
    }

    /// Two that read both and write one each: only in some order, which the server enforces and we run again.
    @Test func aLostRaceIsRunAgain() async throws {
        let metrics = Metrics()
        try await withPool(metrics: metrics) { pool in
            try await makeAccounts(pool)
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await pool.transaction(.serializable) { connection in
                            let sum = try connection.query("sum", "SELECT sum(amount)::int FROM accounts").only(
                                Int.self)
                            try connection.execute("grow", "UPDATE accounts SET amount = \(Int32(sum)) WHERE id = 1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            // amount₁ ← amount₁ + 20, eight times over, none lost.
            #expect(try await amounts(pool) == [10 + 8 * 20, 20])
        }
    }

    @Test func aDeadlockIsResolvedAndRunAgain() async throws {
        let metrics = Metrics()
        try await withPool(metrics: metrics, { $0.connection.settings["deadlock_timeout"] = "10ms" }) { pool in
            try await makeAccounts(pool)
            let meeting = Meeting(2)
            @Sendable func move(from: Int32, to: Int32) async throws {
                try await pool.transaction { connection in
                    try connection.execute("lock", "UPDATE accounts SET amount = amount - 1 WHERE id = \(from)")
                    await meeting.arrive()
                    try connection.execute("lock", "UPDATE accounts SET amount = amount + 1 WHERE id = \(to)")
                }
            }
            async let there: Void = move(from: 1, to: 2)
            async let back: Void = move(from: 2, to: 1)
            _ = try await (there, back)
            #expect(try await amounts(pool) == [10, 20])
            let text = String(decoding: metrics.exposition(), as: UTF8.self)
            #expect(text.contains("lifeos_postgres_transaction_retries_total 1"))
        }
    }

    @Test func retriesHaveALimit() async throws {
        try await withPool({ $0.transactionRetriesMax = 2 }) { pool in
            let runs = Atomic<Int>(0)
            let error = await postgresError {
                try await pool.transaction { connection in
                    runs.wrappingAdd(1, ordering: .relaxed)
                    try connection.runScript("lose", unsafeSQL: "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
                }
            }
            #expect(error?.code == .serializationFailure)
            #expect(runs.load(ordering: .relaxed) == 3)
        }
    }

    @Test func otherErrorsAreNotRunAgain() async throws {
        try await withPool { pool in
            let runs = Atomic<Int>(0)
            let error = await postgresError {
                try await pool.transaction { connection in
                    runs.wrappingAdd(1, ordering: .relaxed)
                    try connection.execute("zero", "SELECT 1 / \(0)")
                }
            }
            #expect(error?.code.rawValue == "22012" && runs.load(ordering: .relaxed) == 1)
        }
    }

    @Test func isolationAndReadOnlyAreWhatWasAskedFor() async throws {
        try await withPool { pool in
            for (isolation, name) in [
                (Isolation.readCommitted, "read committed"), (.repeatableRead, "repeatable read"),
                (.serializable, "serializable"),
            ] {
                let told = try await pool.transaction(isolation, readOnly: true) { connection in
                    try connection.query(
                        "told",
                        "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
                    ).only(String.self, String.self)
                }
                #expect(told == (name, "on"))
            }
        }
    }

    @Test func anAdvisoryLockLetsOneInAtATime() async throws {
        try await withPool { pool in
            let journal = Journal()
            try await withThrowingTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            try await connection.withAdvisoryLock(4711) { connection in
                                journal.write(1)
                                try connection.execute("nap", "SELECT pg_sleep(0.005)")
                                journal.write(-1)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            // One came in, and went out before the next did.
            #expect(journal.entries == (0..<6).flatMap { _ in [1, -1] })
            let held = try await pool.query(
                "held", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711")
            #expect(try held.only(Int.self) == 0)
        }
    }
}

/// Lets tasks go on once all have come; later visitors pass through.
final class Meeting: Sendable {
    private let state: Lock<(missing: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(_ count: Int) { state = Lock((count, [])) }

    func arrive() async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                state.missing -= 1
                state.waiting.append(continuation)
                if state.missing > 0 { return [CheckedContinuation<Void, Never>]() }
                defer { state.waiting = [] }
                return state.waiting
            }
            for one in ready { one.resume() }
        }
    }
}
