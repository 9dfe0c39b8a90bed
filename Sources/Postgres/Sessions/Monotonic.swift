internal import Glibc
internal import System

/// A moment on the machine's monotonic clock, in nanoseconds: what `poll` waits by.
struct Monotonic: Comparable {
    var nanoseconds: UInt64

    static var now: Monotonic {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Monotonic(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    static func < (left: Monotonic, right: Monotonic) -> Bool { left.nanoseconds < right.nanoseconds }

    static func + (left: Monotonic, right: Duration) -> Monotonic {
        // A century is for ever, and does not overflow.
        let microseconds = UInt64(max(0, min(right, .seconds(3_000_000_000)).wholeMicroseconds))
        return Monotonic(nanoseconds: left.nanoseconds + microseconds * 1_000)
    }

    func seconds(since start: Monotonic) -> Double { Double(nanoseconds - start.nanoseconds) / 1e9 }

    /// Rounded up, so that a wait never ends just before its deadline and has to be repeated.
    func millisecondsLeft(from now: Monotonic) -> Int32 {
        guard self > now else { return 0 }
        return Int32(clamping: (nanoseconds - now.nanoseconds + 999_999) / 1_000_000)
    }
}
