internal import System
internal import Telemetry

/// One connection to PostgreSQL, on its own thread.
///
/// Its calls block that thread and nothing else. Work is handed to it as a closure that runs there, so that the
/// statements within follow each other without any hop:
///
///     try await pool.withConnection { connection in
///         let rows = try connection.query("entity_by_id", "SELECT name FROM people WHERE id = \(id)")
///     }
///
/// Do not keep the connection beyond the closure: the pool lends it to the next.
public actor Connection {
    private nonisolated let executor: ThreadExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    let session: Session
    /// Kept beside the session for those who cancel from other threads.
    nonisolated let interrupt: Interrupt

    /// How long the statements that follow may run before the server is asked to stop them.
    ///
    /// Set back to the configured value when the connection goes back to its pool.
    public var statementTimeout: Duration {
        get { session.statementTimeout }
        set { session.statementTimeout = newValue }
    }

    init(
        _ configuration: ConnectionConfiguration, metrics: QueryMetrics, logger: Logger, number: Int
    ) throws(PostgresError) {
        executor = ThreadExecutor(name: "postgres-\(number)")
        interrupt = try Interrupt()
        session = Session(configuration, interrupt: interrupt, metrics: metrics, logger: logger)
    }

    func connect() throws(PostgresError) { try session.connect() }

    /// The server process behind this connection, as `pg_terminate_backend` takes it.
    public var processID: Int { Int(session.processID) }

    /// Such as 150004 for 15.4.
    public var serverVersion: Int { session.serverVersion }

    public var isInTransaction: Bool { session.isInTransaction }
}

extension Connection {
    /// Runs a statement and returns its rows.
    public func query(_ name: QueryName, _ sql: SQL) throws(PostgresError) -> Rows {
        try session.run(name, sql)
    }

    /// Runs a statement and returns how many rows it inserted, changed or deleted.
    @discardableResult
    public func execute(_ name: QueryName, _ sql: SQL) throws(PostgresError) -> Int {
        try session.run(name, sql).affected
    }

    /// Sends all statements of the batch before it waits for any answer; the answers come in the same order.
    @discardableResult
    public func run(_ batch: Batch) throws(PostgresError) -> [Rows] {
        try session.run(batch)
    }

    /// Runs the statements of a file, separated by semicolons, without parameters and answers.
    ///
    /// They are one transaction unless the text says otherwise. Never hand it anything that a user wrote.
    public func runScript(_ name: QueryName, unsafeSQL text: String) throws(PostgresError) {
        try session.runScript(name, text)
    }
}
