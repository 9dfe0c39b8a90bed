public import System

/// Tells whatever time it was told, so that what is written now can have happened last week.
public final class SampleClock: WallClock {
    private let time: Lock<Timestamp>

    public init(_ time: Timestamp) { self.time = Lock(time) }

    public func now() -> Timestamp { time.withLock { $0 } }

    func set(_ time: Timestamp) { self.time.withLock { $0 = time } }
}
