internal import Synchronization
internal import System
internal import Telemetry

extension PostgresPool {
    /// An idle connection at once, or the next that becomes free.
    func acquire() async throws -> Lent {
        if let idle = state.withLock({ $0.takeIdle() }) {
            return Lent(connection: idle.member, idleSince: idle.since)
        }
        let start = Monotonic.now
        defer { metrics.waitSeconds.observe(Monotonic.now.seconds(since: start)) }
        let number = numbers.wrappingAdd(1, ordering: .relaxed).newValue
        let deadline = start + configuration.acquireTimeout
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(number, deadline, continuation)
                // Cancelled before it stood in the queue: the handler found nobody.
                if Task.isCancelled { abandon(number) }
            }
        } onCancel: {
            abandon(number)
        }
    }

    private func enter(_ number: UInt64, _ deadline: Monotonic, _ waiter: CheckedContinuation<Lent, any Error>) {
        switch state.withLock({ $0.acquire(number: number, deadline: deadline, waiter) }) {
        case .lend(let idle): waiter.resume(returning: Lent(connection: idle.member, idleSince: idle.since))
        case .overloaded: waiter.resume(throwing: refusal(.poolOverloaded))
        case .closed: waiter.resume(throwing: refusal(.poolClosed))
        case .wait(let opens):
            if opens { openAnother() }
            expireInTime()
        }
    }

    private func abandon(_ number: UInt64) {
        state.withLock { $0.abandon(number) }?.resume(throwing: refusal(.cancelled))
    }

    /// Gives a connection to the next in the queue, keeps it, or lets it go.
    func release(_ connection: Connection, isReusable: Bool) {
        carryOut(state.withLock { $0.release(connection, isReusable: isReusable, now: .now) })
        if !isReusable { metrics.lost.increment() }
    }

    func carryOut(_ placement: State.Placement) {
        switch placement {
        case .keep: break
        case .handOver(let connection, let waiter):
            waiter.resume(returning: Lent(connection: connection, idleSince: nil))
        case .discard(let connection, let opens):
            Task { await connection.close() }
            if opens { openAnother() }
        }
    }

    func refusal(_ code: PostgresError.Code) -> PostgresError {
        metrics.refused.with(code.rawValue).increment()
        switch code {
        case .poolClosed: return PostgresError(code, "the pool is closed", hint: "the program is ending")
        case .cancelled: return PostgresError(code, "the task was cancelled while it waited for a connection")
        case .poolOverloaded:
            return PostgresError(
                code, "more than \(configuration.waitersMax) callers wait for a connection", hint: "try again later")
        default:
            var error = PostgresError(
                .poolTimeout, "no connection became free within \(configuration.acquireTimeout)",
                hint: "hold connections for less long, or raise connectionsMax (\(configuration.connectionsMax))")
            if let cause = lastFailure.withLock({ $0 }) {
                error.detail = "connecting failed: \(cause)"
                error.hint = cause.hint
            }
            return error
        }
    }

    /// One task waits for the deadline of the first in the queue, however many wait behind it.
    private func expireInTime() {
        expiry.withLock { expiry in
            if expiry != nil { return }
            expiry = Task { [clock] in
                while !Task.isCancelled, let deadline = self.nextDeadline() {
                    try? await clock.sleep(for: .milliseconds(deadline.millisecondsLeft(from: .now)))
                    for waiter in self.state.withLock({ $0.expire(now: .now) }) {
                        waiter.resume(throwing: self.refusal(.poolTimeout))
                    }
                }
            }
        }
    }

    /// Nil when nobody waits; then the next who does starts the task again.
    private func nextDeadline() -> Monotonic? {
        expiry.withLock { expiry in
            let deadline = state.withLock { $0.waiting.first?.deadline }
            if deadline == nil { expiry = nil }
            return deadline
        }
    }
}
