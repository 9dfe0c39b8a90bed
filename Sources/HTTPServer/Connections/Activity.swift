internal import Glibc

/// What a connection is doing, and until when it may: one word, so that a deadline is judged and enforced in one step.
struct Activity: RawRepresentable, Sendable, Equatable {
    enum Kind: UInt64, Sendable {
        /// Nothing was heard from it yet.
        case connected
        /// Between requests.
        case idle
        /// Its request line is here, its headers are not.
        case receivingHead
        case receivingBody
        /// A handler has it.
        case handling
        case sending
        /// Sends events whenever there are some; its deadline is the next sign of life.
        case publishing
        /// Given up from outside: its thread has to close it without a word.
        case condemned
    }

    let rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// - Parameter deadline: on the monotonic clock; `nil` is never.
    init(_ kind: Kind, until deadline: Instant?) {
        rawValue = (deadline?.milliseconds ?? Self.never) << 3 | kind.rawValue
    }

    var kind: Kind { Kind(rawValue: rawValue & 7) ?? .condemned }

    /// Whether nobody would miss it.
    var isBetweenRequests: Bool { kind == .connected || kind == .idle }

    func isOver(at now: Instant) -> Bool { rawValue >> 3 < now.milliseconds }

    private static let never = UInt64.max >> 3
}

/// A moment on the machine's monotonic clock.
struct Instant: Sendable {
    let nanoseconds: UInt64

    static var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    var milliseconds: UInt64 { nanoseconds / 1_000_000 }

    static func + (left: Instant, right: Duration) -> Instant {
        let (seconds, attoseconds) = right.components
        return Instant(
            nanoseconds: left.nanoseconds + UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000))
    }

    func since(_ earlier: Instant) -> Double { Double(nanoseconds - earlier.nanoseconds) / 1e9 }
}
