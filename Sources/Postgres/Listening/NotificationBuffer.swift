internal import System

/// Notifications on their way to one listener. When there are too many, all of them become one ``mayHaveMissed``.
final class NotificationBuffer: Sendable {
    private struct State {
        var waiting: [Notification] = []
        var isEnded = false
        var reader: CheckedContinuation<Notification?, Never>?
    }

    private let limit: Int
    private let state = Lock(State())

    init(limit: Int) { self.limit = max(1, limit) }

    /// - Returns: whether it fitted; otherwise the listener is told that it missed some.
    @discardableResult
    func push(_ notification: Notification) -> Bool {
        state.withLock { state in
            if state.isEnded { return true }
            if let reader = state.reader {
                state.reader = nil
                reader.resume(returning: notification)
                return true
            }
            // Said already, and not heard yet: nothing is new.
            if notification == .mayHaveMissed, state.waiting.last == .mayHaveMissed { return true }
            if state.waiting.count < limit {
                state.waiting.append(notification)
                return true
            }
            state.waiting = [.mayHaveMissed]
            return false
        }
    }

    func end() {
        state.withLock { state in
            state.isEnded = true
            state.reader?.resume(returning: nil)
            state.reader = nil
        }
    }

    func next() async -> Notification? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if Task.isCancelled {
                        continuation.resume(returning: nil)
                    } else if !state.waiting.isEmpty {
                        continuation.resume(returning: state.waiting.removeFirst())
                    } else if state.isEnded {
                        continuation.resume(returning: nil)
                    } else {
                        precondition(state.reader == nil, "two tasks read one listener")
                        state.reader = continuation
                    }
                }
            }
        } onCancel: {
            state.withLock { state in
                state.reader?.resume(returning: nil)
                state.reader = nil
            }
        }
    }
}
