internal import Synchronization
internal import System
public import Telemetry

/// Connections to one database, lent to whoever asks, in the order of asking.
///
///     let pool = try await PostgresPool(configuration: .init(connection: "dbname=y"), metrics: metrics, logger: logger)
///     let rows = try await pool.query("entity_by_id", "SELECT name, age FROM people WHERE id = \(id)")
///     for row in rows { let (name, age) = try row.decode(String.self, Int.self) }
///
/// A connection that failed is closed and replaced, never used again. Call ``close()`` at the end.
public final class PostgresPool: Sendable {
    typealias State = PoolState<Connection, CheckedContinuation<Lent, any Error>>

    /// A connection on its way to a caller.
    struct Lent: Sendable {
        let connection: Connection
        /// When it was last used; nil when it comes straight from another's hands.
        let idleSince: Monotonic?
    }

    public let configuration: PoolConfiguration
    let state: Lock<State>
    let metrics: PoolMetrics
    let queryMetrics: QueryMetrics
    let logger: Logger
    let clock: any Clock<Duration>
    let numbers = Atomic<UInt64>(0)
    /// Why the last attempt to connect failed: it explains time-outs.
    let lastFailure = Lock<PostgresError?>(nil)
    let expiry = Lock<Task<Void, Never>?>(nil)
    let care = Lock<Task<Void, Never>?>(nil)
    let listener: Listener

    /// Opens the first connection, so that a wrong configuration shows at once.
    ///
    /// - Parameter clock: what pauses are measured by.
    public init(
        configuration: PoolConfiguration, metrics: Metrics, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws(PostgresError) {
        try configuration.validate()
        self.configuration = configuration
        self.metrics = PoolMetrics(metrics)
        self.logger = logger
        self.clock = clock
        queryMetrics = QueryMetrics(metrics)
        state = Lock(State(connectionsMax: configuration.connectionsMax, waitersMax: configuration.waitersMax))
        listener = Listener(configuration, metrics: self.metrics, queryMetrics: queryMetrics, logger: logger)
        let first = try await connect()
        state.withLock { _ = $0.adopt(first, now: .now) }
        observe(metrics)
        let pool: @Sendable () -> PostgresPool? = { [weak self] in self }
        care.withLock { $0 = Task { await Self.lookAfter(pool, configuration, clock) } }
    }

    deinit { care.withLock { $0?.cancel() } }

    /// Refuses further work, closes idle connections, and the others as their work ends. Ends all listening.
    public func close() async {
        let (idle, waiters) = state.withLock { $0.close() }
        care.withLock { $0?.cancel() }
        expiry.withLock { $0?.cancel() }
        for waiter in waiters { waiter.resume(throwing: refusal(.poolClosed)) }
        for connection in idle { await connection.close() }
        listener.stop()
    }

    /// How many connections there are, and how many of them are lent.
    public var connectionCounts: (open: Int, lent: Int) { state.withLock { ($0.open, $0.lent) } }

    /// How many callers wait for a connection.
    public var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func observe(_ metrics: Metrics) {
        func gauge(_ name: String, _ help: String, _ read: @escaping @Sendable (borrowing State) -> Int) {
            metrics.observe(name, help: help) { [weak self] in
                self?.state.withLock { Double(read($0)) }
            }
        }
        gauge("lifeos_postgres_pool_connections", "Open connections.") { $0.open }
        gauge("lifeos_postgres_pool_connections_lent", "Connections in use.") { $0.lent }
        gauge("lifeos_postgres_pool_waiting", "Callers waiting for a connection.") { $0.waiting.count }
    }
}

extension PostgresPool {
    /// Lends a connection to `body`, which runs on the connection's own thread: statements in it follow each other
    /// without a hop. Cancelling the task stops the statement that is running.
    ///
    /// Hazard: what `body` awaits keeps the connection from others. A transaction left open is rolled back.
    @discardableResult
    public func withConnection<Result: Sendable>(
        _ body: @Sendable (isolated Connection) async throws -> Result
    ) async throws -> Result {
        while true {
            let lent = try await acquire()
            let connection = lent.connection
            // Looked at on its own thread, in the same hop as the work.
            let isStale = lent.idleSince.map { $0 + configuration.idleUncheckedMax <= .now } ?? false
            do {
                return try await connection.work(
                    looksFirst: isStale, finish: { self.release(connection, isReusable: $0) }, body)
            } catch is Connection.CutOff {
                logger.info("a connection was cut off while idle")
            }
        }
    }

    /// Runs one statement and returns its rows.
    public func query(_ name: QueryName, _ sql: SQL) async throws -> Rows {
        try await withConnection { try $0.query(name, sql) }
    }

    /// Runs one statement and returns how many rows it inserted, changed or deleted.
    @discardableResult
    public func execute(_ name: QueryName, _ sql: SQL) async throws -> Int {
        try await withConnection { try $0.execute(name, sql) }
    }

    /// Sends all statements of the batch before it waits for any answer; the answers come in the same order.
    @discardableResult
    public func run(_ batch: Batch) async throws -> [Rows] {
        try await withConnection { try $0.run(batch) }
    }
}
