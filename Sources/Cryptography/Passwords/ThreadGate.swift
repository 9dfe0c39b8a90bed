internal import System

/// Runs blocking work on threads of its own, only so much at once. The rest waits in order; beyond a limit it is
/// refused.
final class ThreadGate: Sendable {
    private enum Turn {
        case go, refused, cancelled
    }

    private struct State {
        var running = 0
        var waiting: [(number: UInt64, continuation: CheckedContinuation<Turn, Never>)] = []
        var lastNumber: UInt64 = 0
    }

    private let name: String
    private let concurrencyMax: Int
    private let waitingMax: Int
    private let state = Lock(State())

    init(name: String, concurrencyMax: Int, waitingMax: Int) {
        precondition(concurrencyMax > 0 && waitingMax >= 0, "a gate that nothing can pass")
        self.name = name
        self.concurrencyMax = concurrencyMax
        self.waitingMax = waitingMax
    }

    /// What has begun runs to its end; while it waits for its turn it can be cancelled.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws -> Value {
        switch await turn() {
        case .go: break
        case .cancelled: throw CancellationError()
        case .refused:
            throw CryptographyError(
                .overloaded, "\(waitingMax) others wait for their password check; try again shortly")
        }
        return await withCheckedContinuation { continuation in
            Thread.detach(name: name) {
                let value = work()
                self.leave()
                continuation.resume(returning: value)
            }
        }
    }

    private func turn() async -> Turn {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let turn = enter(number, continuation) { continuation.resume(returning: turn) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: .cancelled)
        }
    }

    /// The turn when it is known at once, or nil when the continuation waits.
    private func enter(_ number: UInt64, _ continuation: CheckedContinuation<Turn, Never>) -> Turn? {
        state.withLock { state in
            if Task.isCancelled { return .cancelled }
            if state.running < concurrencyMax {
                state.running += 1
                return .go
            }
            if state.waiting.count >= waitingMax { return .refused }
            state.waiting.append((number, continuation))
            return nil
        }
    }

    /// Hands the place to whoever waits longest.
    private func leave() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil as CheckedContinuation<Turn, Never>?
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: .go)
    }
}
