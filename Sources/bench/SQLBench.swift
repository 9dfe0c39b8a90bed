internal import Postgres
internal import Synchronization
internal import Telemetry

/// What the rows about PostgreSQL measure; `conninfo` names a database made by `pgbench -i -s 10`.
struct SQLBench {
    let conninfo: String
    /// As many accounts as scale 10 has.
    static let accounts: Int32 = 1_000_000

    /// What `pgbench -S -M prepared` does, each statement lent a connection by the pool: SELECTs a second.
    func selectsPerSecond(tasks: Int, duration: Duration) async throws -> Double {
        try await measure(tasks: tasks, duration: duration) { pool, deadline in
            var random = QuickRandom()
            var count = 0
            while ContinuousClock.now < deadline {
                let account = Int32.random(in: 1...Self.accounts, using: &random)
                _ = try await pool.query(
                    "account", "SELECT abalance FROM pgbench_accounts WHERE aid = \(account)"
                ).only(Int32.self)
                count += 1
            }
            return count
        }
    }

    /// The same with a connection lent once to each task, as a `pgbench` client has one: SELECTs a second.
    func heldSelectsPerSecond(tasks: Int, duration: Duration) async throws -> Double {
        try await measure(tasks: tasks, duration: duration) { pool, deadline in
            try await pool.withConnection { connection in
                var random = QuickRandom()
                var count = 0
                while ContinuousClock.now < deadline {
                    let account = Int32.random(in: 1...Self.accounts, using: &random)
                    _ = try connection.query(
                        "account", "SELECT abalance FROM pgbench_accounts WHERE aid = \(account)"
                    ).only(Int32.self)
                    count += 1
                }
                return count
            }
        }
    }

    /// Rows a second into an unindexed table of `(bigint, bigint, text)`, committed.
    func copyInRowsPerSecond(rows: Int) async throws -> Double {
        try await withPool(connections: 1) { pool in
            try await pool.withConnection { connection in
                try connection.runScript("setup", unsafeSQL: Self.table)
                let time = try await ContinuousClock().measure {
                    try await connection.copyIn("copy_in", "COPY bench_copy FROM STDIN (FORMAT binary)") { writer in
                        for number in 0..<rows { try writer.write(number, number &* 7, "row number \(number)") }
                    }
                }
                try connection.runScript("teardown", unsafeSQL: "DROP TABLE bench_copy")
                return Double(rows) / time.seconds
            }
        }
    }

    /// Rows a second out of the same table, every value decoded.
    func copyOutRowsPerSecond(rows: Int) async throws -> Double {
        try await withPool(connections: 1) { pool in
            try await pool.withConnection { connection in
                try connection.runScript("setup", unsafeSQL: Self.table)
                try connection.runScript(
                    "fill",
                    unsafeSQL: """
                        INSERT INTO bench_copy SELECT n, n * 7, 'row number ' || n FROM generate_series(1, \(rows)) n
                        """)
                var sum = 0
                let time = try ContinuousClock().measure {
                    try connection.copyOut("copy_out", "COPY bench_copy TO STDOUT (FORMAT binary)") { batch in
                        for row in batch {
                            let (number, _, text) = try row.decode(Int.self, Int.self, String.self)
                            sum &+= number &+ text.utf8.count
                        }
                    }
                }
                try connection.runScript("teardown", unsafeSQL: "DROP TABLE bench_copy")
                precondition(sum > 0, "no rows came")
                return Double(rows) / time.seconds
            }
        }
    }

    /// The table that `psql`'s COPY is measured with too.
    static let table = "DROP TABLE IF EXISTS bench_copy; CREATE TABLE bench_copy (a bigint, b bigint, c text)"

    private func measure(
        tasks: Int, duration: Duration,
        _ work: @escaping @Sendable (PostgresPool, ContinuousClock.Instant) async throws -> Int
    ) async throws -> Double {
        try await withPool(connections: tasks) { pool in
            try await warmUp(pool, tasks)
            let start = ContinuousClock.now
            let deadline = start + duration
            let count = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<tasks { group.addTask { try await work(pool, deadline) } }
                return try await group.reduce(0, +)
            }
            return Double(count) / (ContinuousClock.now - start).seconds
        }
    }

    /// Opens all connections, as `pgbench` does before it counts.
    private func warmUp(_ pool: PostgresPool, _ tasks: Int) async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<tasks { group.addTask { _ = try await pool.query("nap", "SELECT pg_sleep(0.1)") } }
            try await group.waitForAll()
        }
    }

    private func withPool<Result: Sendable>(
        connections: Int, _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        var configuration = PoolConfiguration(connection: conninfo)
        configuration.connectionsMax = connections
        configuration.connection.statementTimeout = .seconds(600)
        let pool = try await PostgresPool(configuration: configuration, metrics: Metrics(), logger: .silent)
        let result = try await body(pool)
        await pool.close()
        return result
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
