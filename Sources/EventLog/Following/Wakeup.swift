import System

/// Wakes one task. Raised while nobody waits, it lets the next wait return at once; raised twice, it is raised once.
public final class Wakeup: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Lock(State())

    public init() {}

    public func raise() {
        let waiter = state.withLock { state in
            state.isRaised = state.waiter == nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// For one task at a time. Is not ended by cancelling: whoever cancels raises it.
    public func wait() async {
        await withCheckedContinuation { continuation in
            let returnsAtOnce = state.withLock { state in
                if state.isRaised {
                    state.isRaised = false
                    return true
                }
                precondition(state.waiter == nil, "a wakeup is for one task")
                state.waiter = continuation
                return false
            }
            if returnsAtOnce { continuation.resume() }
        }
    }
}

/// Lets so many through at once; the others in the order they came.
final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var waiting = Queue<CheckedContinuation<Void, Never>>()
    }

    private let state: Lock<State>

    init(_ count: Int) { state = Lock(State(free: count)) }

    func pass<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
        await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave() {
        let following = state.withLock { state -> CheckedContinuation<Void, Never>? in
            let following = state.waiting.popFirst()
            if following == nil { state.free += 1 }
            return following
        }
        following?.resume()
    }
}
