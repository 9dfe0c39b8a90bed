import Postgres
import System
import Telemetry
import TestSupport
import Testing

@Suite struct PoolTests {
    @Test func aWrongConfigurationIsRefusedAtOnceInWords() async throws {
        for words in ["host=/nowhere dbname", "hots=x", "postgresql://%zz"] {
            let error = await postgresError { try await pool(on: words) }
            #expect(error?.code == .usage, "\(words)")
        }
        let limits = await postgresError { try await pool(on: "dbname=x") { $0.connectionsMax = 0 } }
        #expect(limits?.message.contains("connectionsMax") == true)
    }

    @Test func aServerThatIsNotThereIsSaidSo() async throws {
        let error = await postgresError { try await pool(on: "host=/nowhere dbname=x") }
        #expect(error?.code == .connectionRefused && error?.message.contains("/nowhere") == true)
        let folder = try TemporaryFolder()
        let missing = await postgresError { try await pool(on: "host=\(folder.path) dbname=x") }
        #expect(missing?.code == .connectionRefused)
    }

    @Test func wordsWithSpacesAndQuotesReachTheServerWhole() async throws {
        try await TestDatabase.with { database in
            let pool = try await pool(on: database.conninfo) {
                $0.connection.applicationName = #"it's "my" \ app"#
                $0.connection.settings["search_path"] = #""with space", "a\b""#
            }
            let rows = try await pool.query(
                "settings", "SELECT current_setting('application_name'), current_setting('search_path')")
            #expect(try rows.only(String.self, String.self) == (#"it's "my" \ app"#, #""with space", "a\b""#))
            await pool.close()
        }
    }

    @Test func neverMoreConnectionsThanAllowed() async throws {
        try await withPool({ $0.connectionsMax = 3 }) { pool in
            try await withThrowingTaskGroup { group in
                for _ in 0..<60 {
                    group.addTask { _ = try await pool.query("nap", "SELECT pg_sleep(0.002)") }
                }
                try await group.waitForAll()
            }
            #expect(pool.connectionCounts == (3, 0))
            let rows = try await pool.query(
                "count",
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = current_setting('application_name')")
            #expect(try rows.only(Int.self) == 3)
        }
    }

    @Test func whoFindsNoConnectionInTimeIsToldWhatToDo() async throws {
        try await withPool({
            $0.connectionsMax = 1
            $0.acquireTimeout = .milliseconds(50)
        }) { pool in
            try await pool.withConnection { _ in
                let error = await postgresError { try await pool.query("late", "SELECT 1") }
                #expect(error?.code == .poolTimeout)
                #expect(error?.hint?.contains("connectionsMax (1)") == true)
            }
            let after = try await pool.query("after", "SELECT 1").only(Int.self)
            #expect(after == 1)
        }
    }

    @Test func callersAreServedInTheOrderOfAsking() async throws {
        try await withPool({ $0.connectionsMax = 1 }) { pool in
            let order = Journal()
            let callers = try await pool.withConnection { _ in
                var callers: [Task<Void, any Error>] = []
                for caller in 0..<10 {
                    callers.append(
                        Task.detached {
                            try await pool.withConnection { _ in order.write(caller) }
                        })
                    try await eventually { pool.waitingCount == caller + 1 }
                }
                return callers
            }
            for caller in callers { try await caller.value }
            #expect(order.entries == Array(0..<10))
        }
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        try await withPool({
            $0.connectionsMax = 1
            $0.waitersMax = 0
        }) { pool in
            try await pool.withConnection { _ in
                let error = await postgresError { try await pool.query("late", "SELECT 1") }
                #expect(error?.code == .poolOverloaded)
            }
        }
    }

    @Test func whoIsCancelledWhileWaitingLeavesTheQueue() async throws {
        try await withPool({ $0.connectionsMax = 1 }) { pool in
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.query("never", "SELECT 1") }
                try await eventually { pool.waitingCount == 1 }
                waiter.cancel()
                let error = await postgresError { try await waiter.value }
                #expect(error?.code == .cancelled)
                #expect(pool.waitingCount == 0)
            }
        }
    }

    @Test func aClosedPoolRefusesWorkAndEndsItsConnections() async throws {
        try await TestDatabase.with { database in
            let watcher = try await pool(on: database.conninfo)
            let closed = try await pool(on: database.conninfo) { $0.connection.applicationName = "closing" }
            await closed.close()
            let error = await postgresError { try await closed.query("late", "SELECT 1") }
            #expect(error?.code == .poolClosed)
            try await eventually {
                let rows = try await watcher.query(
                    "closing", "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'closing'")
                return try rows.only(Int.self) == 0
            }
            await watcher.close()
        }
    }

    @Test func whatWorkLeavesBehindIsTidiedForTheNext() async throws {
        try await withPool({ $0.connectionsMax = 1 }) { pool in
            let before = try await pool.withConnection { connection in
                connection.statementTimeout = .seconds(1)
                try connection.runScript("leave", unsafeSQL: "BEGIN; CREATE TABLE left_open (a int)")
                return connection.processID
            }
            try await pool.withConnection { connection in
                #expect(connection.processID == before && !connection.isInTransaction)
                #expect(connection.statementTimeout == .seconds(30))
                let rows = try connection.query("look", "SELECT to_regclass('left_open') IS NULL")
                #expect(try rows.only(Bool.self))
            }
        }
    }

    @Test func idleConnectionsThatDiedAreReplacedUnnoticed() async throws {
        try await TestDatabase.with { database in
            let killer = try await pool(on: database.conninfo)
            let pool = try await pool(on: database.conninfo)
            for _ in 0..<5 {
                let victim = try await pool.withConnection { $0.processID }
                try await killer.terminate(victim)
                // The server forgets a backend before its socket is closed; the process goes last.
                try await eventually { !Files.exists("/proc/\(victim)") }
                let next = try await pool.withConnection { connection in
                    _ = try connection.query("works", "SELECT 1")
                    return connection.processID
                }
                #expect(next != victim)
            }
            await pool.close()
            await killer.close()
        }
    }

    @Test func unusedConnectionsAreClosedDownToTheMinimum() async throws {
        try await withPool({
            $0.careInterval = .milliseconds(10)
            $0.idleMax = .milliseconds(1)
        }) { pool in
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { _ = try await pool.query("nap", "SELECT pg_sleep(0.05)") } }
                try await group.waitForAll()
            }
            try await eventually { pool.connectionCounts.open == 1 }
            let after = try await pool.query("after", "SELECT 1").only(Int.self)
            #expect(after == 1)
        }
    }

    /// The story: all idle connections were taken at once to be looked after, one after the other. One server process that
    /// hung kept the others from callers for ten seconds.
    @Test func oneHangingServerProcessKeepsNoOtherConnectionFromCallers() async throws {
        try await withPool({
            $0.connectionsMax = 3
            $0.acquireTimeout = .seconds(2)
            $0.careInterval = .milliseconds(50)
            $0.connection.cancelGrace = .seconds(60)
            $0.idleUncheckedMax = .seconds(60)
        }) { pool in
            // The one that is idle for longest is looked after first, and lent last.
            let longestIdle = try await pool.withConnection { _ in
                try await pool.withConnection { _ in try await pool.withConnection { $0.processID } }
            }
            let frozen = try #require(RunningProcess(id: Int32(longestIdle)))
            frozen.signal(.stop)
            defer { frozen.signal(.resume) }
            try await eventually("it is looked after") { pool.connectionCounts.lent > 0 }
            for _ in 0..<2 {
                let answer = await postgresError { try await pool.query("other", "SELECT 1") }
                #expect(answer == nil)
            }
            #expect(pool.connectionCounts.open == 3)
        }
    }

    /// The story: a server is restarted for an upgrade, and callers who can wait should not notice.
    @Test func aRestartOfTheServerCostsWaitingCallersOnlyTime() async throws {
        let cluster = try await TestCluster.start()
        let pool = try await pool(on: cluster.conninfo()) {
            $0.acquireTimeout = .seconds(30)
            $0.connectionsMin = 0
        }
        let restart = Task { try await cluster.restart() }
        let answers = Lock(0)
        while !(await isDone(restart)) {
            // A statement that was running is lost; one that waited for a connection is not.
            let error = await postgresError { try await pool.query("beat", "SELECT 1") }
            if let error { #expect(error.isConnectionLost) } else { answers.withLock { $0 += 1 } }
        }
        let after = try await pool.query("after", "SELECT 1").only(Int.self)
        #expect(after == 1)
        await pool.close()
        await cluster.stop()
    }

    private func isDone(_ task: Task<Void, any Error>) async -> Bool {
        await withTaskGroup { group in
            group.addTask {
                _ = await task.result; return true
            }
            group.addTask {
                await Task.yield(); return false
            }
            let first = await group.next() ?? true
            return first
        }
    }

    @Test func queriesAndThePoolShowInTheMetrics() async throws {
        let metrics = Metrics()
        try await withPool(metrics: metrics) { pool in
            _ = try await pool.query("three_rows", "SELECT generate_series(1, 3)")
            _ = await postgresError { try await pool.query("wrong", "SELECT 1 / \(0)") }
            let text = String(decoding: metrics.exposition(), as: UTF8.self)
            #expect(text.contains(#"lifeos_postgres_query_duration_seconds_count{query="three_rows"} 1"#))
            #expect(text.contains(#"lifeos_postgres_query_rows_total{query="three_rows"} 3"#))
            #expect(text.contains(#"lifeos_postgres_query_errors_total{query="wrong",code="22012"} 1"#))
            #expect(text.contains("lifeos_postgres_pool_connections 1"))
        }
    }
}
