internal import CLinux
internal import Glibc

/// Tells the time of day. Passed in wherever time matters, so that tests can script it.
///
/// For waiting and for measuring spans pass an `any Clock<Duration>` (`ContinuousClock` outside tests) instead: the time
/// of day may jump.
public protocol WallClock: Sendable {
    func now() -> Timestamp
}

/// The machine's own time of day.
public struct SystemWallClock: WallClock {
    public init() {}

    public func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
