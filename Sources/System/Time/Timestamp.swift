internal import Glibc

/// A moment in UTC, exact to the microsecond: what PostgreSQL's `timestamptz` can hold, no more and no less.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before it.
    public var microsecondsSinceEpoch: Int64

    public init(microsecondsSinceEpoch: Int64) {
        self.microsecondsSinceEpoch = microsecondsSinceEpoch
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }

    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(microsecondsSinceEpoch: left.microsecondsSinceEpoch + right.wholeMicroseconds)
    }

    public static func - (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(microsecondsSinceEpoch: left.microsecondsSinceEpoch - right.wholeMicroseconds)
    }

    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .microseconds(left.microsecondsSinceEpoch - right.microsecondsSinceEpoch)
    }
}

extension Duration {
    /// The duration in microseconds, the rest cut off.
    public var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// The duration in milliseconds, the rest cut off.
    public var wholeMilliseconds: Int64 { wholeMicroseconds / 1_000 }

    /// The duration in seconds, for metrics and for people.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
