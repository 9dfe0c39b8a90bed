internal import System

/// A clock for waiting that stands still until the test moves it: what sleeps on it wakes when its time has come, and
/// not before.
///
///     let clock = ScriptedClock()
///     let pruner = Pruner(clock: clock, every: .seconds(60))
///     try await clock.waitForSleepers(1)
///     clock.advance(by: .seconds(60))
public final class ScriptedClock: Clock {
    public struct Instant: InstantProtocol, CustomStringConvertible {
        /// Time since the clock was made.
        public let offset: Duration

        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
        public var description: String { "\(offset)" }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleeperLast = 0
        var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state = Lock(State())

    public init() {}

    public var now: Instant { state.withLock { $0.now } }
    public var minimumResolution: Duration { .zero }

    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let sleeper = state.withLock { state in
            state.sleeperLast += 1
            return state.sleeperLast
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let ended: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.sleepers[sleeper] = (deadline, continuation)
                    return nil
                }
                if let ended { continuation.resume(with: ended) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: sleeper) }?.continuation.resume(
                throwing: CancellationError())
        }
    }

    /// How many sleep on this clock now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// When the next of them wakes; `nil` when none sleeps.
    public var nextDeadline: Instant? { state.withLock { $0.sleepers.values.map(\.deadline).min() } }

    /// Moves the time and wakes whom it reaches, the earliest first.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for sleeper in due.keys { state.sleepers[sleeper] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits, in real time, until at least so many sleep: only then is it sure that an advance reaches them.
    public func waitForSleepers(_ count: Int, within timeout: Duration = .seconds(15)) async throws {
        try await eventually(within: timeout, "\(count) sleepers on the scripted clock") { sleeperCount >= count }
    }
}
