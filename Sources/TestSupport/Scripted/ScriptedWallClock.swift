public import System

/// A time of day that stands still until the test moves it, forwards or back.
public final class ScriptedWallClock: WallClock {
    private let time: Lock<Timestamp>

    /// - Parameter start: default `2026-11-21T06:10:34Z`, so that texts in tests have a known time.
    public init(_ start: Timestamp = Timestamp(microsecondsSinceEpoch: 1_795_241_434_000_000)) { time = Lock(start) }

    public func now() -> Timestamp { time.withLock { $0 } }

    public func set(_ newTime: Timestamp) { time.withLock { $0 = newTime } }

    /// Moves the time; a negative duration turns the clock back, as operators do.
    public func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
