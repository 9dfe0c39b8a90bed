public import System

/// Sessions that were signed out before their time, which their cookies do not know. Whoever follows the log of sign-outs feeds
/// this, on every node and from the start.
public final class EndedSessions: Sendable {
    private struct State {
        var ends: [String: Timestamp] = [:]
        /// Those whose time is up are removed when there are so many.
        var tidiedAt = 1_024
    }

    private let state = Lock(State())
    private let clock: any WallClock

    public init(clock: any WallClock = SystemWallClock()) { self.clock = clock }

    /// - Parameter end: when the session would have ended by itself; it is not remembered for longer.
    public func add(_ session: String, until end: Timestamp) {
        let now = clock.now()
        state.withLock { state in
            guard now < end else { return }
            state.ends[session] = end
            guard state.ends.count >= state.tidiedAt else { return }
            state.ends = state.ends.filter { now < $0.value }
            state.tidiedAt = max(1_024, 2 * state.ends.count)
        }
    }

    func contains(_ session: String) -> Bool { state.withLock { $0.ends[session] != nil } }

    /// For tests.
    var count: Int { state.withLock { $0.ends.count } }
}
