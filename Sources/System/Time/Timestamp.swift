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

    /// Stops at the end of time rather than overflowing; so does subtracting.
    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (sum, overflows) = left.microsecondsSinceEpoch.addingReportingOverflow(right.wholeMicroseconds)
        return Timestamp(microsecondsSinceEpoch: overflows ? (right < .zero ? .min : .max) : sum)
    }

    public static func - (left: Timestamp, right: Duration) -> Timestamp {
        let (rest, overflows) = left.microsecondsSinceEpoch.subtractingReportingOverflow(right.wholeMicroseconds)
        return Timestamp(microsecondsSinceEpoch: overflows ? (right < .zero ? .max : .min) : rest)
    }

    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .microseconds(left.microsecondsSinceEpoch) - .microseconds(right.microsecondsSinceEpoch)
    }
}

extension Duration {
    /// The duration in microseconds, the rest cut off; the nearest that fits where it is longer than 292,000 years.
    public var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, overflowsToo) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return overflows || overflowsToo ? (seconds < 0 ? .min : .max) : sum
    }

    /// The duration in milliseconds, the rest cut off.
    public var wholeMilliseconds: Int64 { wholeMicroseconds / 1_000 }

    /// The duration in seconds, for metrics and for people.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
