internal import Synchronization

/// Numbers the pieces of work of all connections, so that no two have the same.
private let lastWork = Atomic<UInt64>(0)

extension Connection {
    /// The server closed its end while the connection was idle; nothing was sent.
    struct CutOff: Error {}

    /// Runs `body` on the connection's thread as one piece of work: cancelling the task stops its statement.
    ///
    /// - Parameters:
    ///   - looksFirst: throws ``CutOff`` instead of starting on a connection that the server has closed.
    ///   - finish: called on the connection's thread in any case, with whether the connection may be used again.
    func work<Result: Sendable>(
        looksFirst: Bool, finish: @Sendable (_ isReusable: Bool) -> Void,
        _ body: @Sendable (isolated Connection) async throws -> Result
    ) async throws -> Result {
        if looksFirst, session.isCutOff {
            close()
            finish(false)
            throw CutOff()
        }
        let number = lastWork.wrappingAdd(1, ordering: .relaxed).newValue
        session.work = number
        defer { finish(tidyUp()) }
        return try await withTaskCancellationHandler {
            try await body(self)
        } onCancel: {
            interrupt.cancel(number)
        }
    }

    /// Leaves nothing of the finished work to the next.
    private func tidyUp() -> Bool {
        if session.isUsable, session.isInTransaction || session.mode != .idle { session.rollBack() }
        session.work = 0
        session.statementTimeout = session.configuration.statementTimeout
        return session.isUsable
    }

    /// Asks the server for a sign of life.
    func isWell() -> Bool {
        guard !session.isCutOff else { return false }
        session.statementTimeout = session.configuration.cancelGrace
        defer { session.statementTimeout = session.configuration.statementTimeout }
        return (try? session.run("health_check", "SELECT 1")) != nil
    }

    /// Closes the connection; later calls throw.
    func close() {
        session.close(because: PostgresError(.connectionLost, "the connection was closed", hint: "take another"))
    }
}
