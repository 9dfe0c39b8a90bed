internal import System
internal import Telemetry

/// What transactions that run at the same time may see of each other.
public enum Isolation: Sendable {
    /// Each statement sees what was committed before it began. PostgreSQL's default.
    case readCommitted
    /// All statements see what was committed before the first.
    case repeatableRead
    /// As if one ran after the other.
    case serializable
}

extension Connection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Within an open transaction it is a part of that, undone by itself (a savepoint).
    ///
    /// Losing the connection during COMMIT leaves it open whether it happened: the error's
    /// ``PostgresError/isOutcomeUnknown`` says so. An error of a statement must leave `body`: where it is ignored, the
    /// server keeps nothing of the transaction, and this throws ``PostgresError/Code/transactionFailed``.
    ///
    /// - Parameter idleMax: how long `body` may let the server wait between two statements; default what
    ///   ``ConnectionConfiguration/settings`` say. Hazard: whatever the transaction has locked stays locked meanwhile,
    ///   also where this process is frozen.
    @discardableResult
    public func transaction<Result>(
        _ isolation: Isolation = .readCommitted, readOnly: Bool = false, idleMax: Duration? = nil,
        _ body: (isolated Connection) async throws -> Result
    ) async throws -> Result {
        if session.isInTransaction { return try await savepoint(body) }
        _ = try session.run("begin", Self.begin(isolation, readOnly))
        do {
            if let idleMax { try allowIdling(idleMax) }
            let result = try await body(self)
            try session.commit()
            return result
        } catch {
            if session.isInTransaction { session.rollBack() }
            throw error
        }
    }

    private func allowIdling(_ duration: Duration) throws(PostgresError) {
        // By SET: a SELECT would fix what the transaction sees, before it could be given another's view.
        let milliseconds = SQL(unsafeSQL: String(duration.wholeMilliseconds))
        _ = try session.run("transaction_idle", "SET LOCAL idle_in_transaction_session_timeout = \(milliseconds)")
    }

    /// Lets the open transaction wait longer for each lock than ``ConnectionConfiguration/settings`` say.
    public func waitForLocks(atMost duration: Duration) throws(PostgresError) {
        guard isInTransaction else {
            throw PostgresError(.usage, "no transaction is open", hint: "call it within transaction()")
        }
        let milliseconds = SQL(unsafeSQL: String(duration.wholeMilliseconds))
        _ = try session.run("transaction_locks", "SET LOCAL lock_timeout = \(milliseconds)")
    }

    private func savepoint<Result>(_ body: (isolated Connection) async throws -> Result) async throws -> Result {
        _ = try session.run("savepoint", "SAVEPOINT part")
        do {
            let result = try await body(self)
            _ = try session.run("savepoint_release", "RELEASE SAVEPOINT part")
            return result
        } catch {
            session.rollBackToSavepoint()
            throw error
        }
    }

    private static func begin(_ isolation: Isolation, _ readOnly: Bool) -> SQL {
        switch (isolation, readOnly) {
        case (.readCommitted, false): "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        case (.repeatableRead, false): "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
        case (.serializable, false): "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
        case (.readCommitted, true): "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
        case (.repeatableRead, true): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case (.serializable, true): "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
        }
    }

    /// Runs `body` while no other connection to this database holds the lock of that number.
    ///
    /// Waits for the lock as long as ``statementTimeout`` allows. The lock goes with the connection at the latest.
    @discardableResult
    public func withAdvisoryLock<Result>(
        _ number: Int64, _ body: (isolated Connection) async throws -> Result
    ) async throws -> Result {
        // The others hold it for as long as they work, which says nothing of how long a row or a table may be locked.
        try session.runScript(
            "advisory_lock", "SET lock_timeout = 0; SELECT pg_advisory_lock(\(number)); RESET lock_timeout")
        do {
            let result = try await body(self)
            session.unlock(number)
            return result
        } catch {
            session.unlock(number)
            throw error
        }
    }
}

extension PostgresPool {
    /// Runs `body` in a transaction on its own connection, and again when it lost a race (SQLSTATE 40001, 40P01),
    /// after a short pause and at most ``PoolConfiguration/transactionRetriesMax`` times.
    ///
    /// Hazard: `body` may run several times, so let it do nothing but database work.
    @discardableResult
    public func transaction<Result: Sendable>(
        _ isolation: Isolation = .readCommitted, readOnly: Bool = false,
        _ body: @Sendable (isolated Connection) async throws -> Result
    ) async throws -> Result {
        var backoff = Backoff(from: configuration.transactionRetryDelay, to: .milliseconds(100))
        var generator = QuickRandom()
        var retries = 0
        while true {
            do {
                return try await withConnection { connection in
                    try await connection.transaction(isolation, readOnly: readOnly, body)
                }
            } catch let error as PostgresError where error.isWorthRetrying {
                guard retries < configuration.transactionRetriesMax else { throw error }
                retries += 1
                metrics.retries.increment()
                logger.debug("a transaction is run again", ["error": error, "retry": retries])
            }
            // Without a connection: whoever won the race may need it.
            try await clock.sleep(for: backoff.pause(using: &generator))
        }
    }
}
