internal import System

/// A place where a test makes production code fail or wait: give ``pass()`` or ``check()`` to the code as a closure that
/// it calls there.
///
///     let write = FaultPoint("blob write")
///     write.fail(at: 2)
///     let store = BlobStore(folder: folder, beforeWrite: write.check)
public final class FaultPoint: Sendable {
    private struct State {
        var calls = 0
        var failures: [Int: any Error] = [:]
        var holds: Set<Int> = []
        var held: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    public let name: String
    private let state = Lock(State())

    public init(_ name: String) { self.name = name }

    /// How often the point was passed or held up.
    public var calls: Int { state.withLock { $0.calls } }

    /// How many wait to be released.
    public var heldCount: Int { state.withLock { $0.held.count } }

    /// Makes the n-th call from now on fail, counted from 1.
    ///
    /// - Parameter error: default an ``InjectedFault``.
    public func fail(at call: Int = 1, with error: (any Error)? = nil) {
        state.withLock { $0.failures[$0.calls + call] = error ?? InjectedFault(point: name, call: $0.calls + call) }
    }

    /// Makes the n-th call from now on wait for ``release()``, counted from 1. A call that shall also fail fails then.
    public func hold(at call: Int = 1) {
        state.withLock { state in _ = state.holds.insert(state.calls + call) }
    }

    /// Waits, in real time, until a call is held up.
    public func waitUntilHeld(within timeout: Duration = .seconds(15)) async throws {
        try await eventually(within: timeout, "a call held at \(name)") { heldCount > 0 }
    }

    /// Lets everyone go on who waits, and forgets the holds to come.
    public func release() {
        let held = state.withLock { state in
            state.holds = []
            defer { state.held = [:] }
            return state.held.values
        }
        for continuation in held { continuation.resume() }
    }

    /// For code that may wait.
    public func pass() async throws {
        let call = nextCall()
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                guard state.holds.remove(call) != nil else { return true }
                state.held[call] = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
        try fail(call)
    }

    /// For code that may not wait; holds do not apply.
    public func check() throws { try fail(nextCall()) }

    private func nextCall() -> Int {
        state.withLock { state in
            state.calls += 1
            return state.calls
        }
    }

    private func fail(_ call: Int) throws {
        if let failure = state.withLock({ $0.failures.removeValue(forKey: call) }) { throw failure }
    }
}

/// The failure that a test asked for.
public struct InjectedFault: Error, Equatable, CustomStringConvertible {
    public let point: String
    public let call: Int

    public init(point: String, call: Int) {
        self.point = point
        self.call = call
    }

    public var description: String { "fault injected at \(point), call \(call)" }
}
