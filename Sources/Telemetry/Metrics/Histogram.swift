internal import Synchronization

/// How often values fell below each of a few bounds, such as latencies.
public final class Histogram: Sendable {
    /// Upper bounds, ascending; what lies above the last counts in `+Inf` alone.
    public let bounds: [Double]
    private let total = Gauge()
    private let counts: [Counter]

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = (0...bounds.count).map { _ in Counter() }
    }

    public func observe(_ value: Double) {
        var bucket = 0
        while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
        counts[bucket].increment()
        total.add(value)
    }

    /// Records a duration in seconds, the base unit of every latency here.
    public func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) / 1e18)
    }

    /// How many values fell into each bucket by itself (not cumulated), `+Inf` last.
    public var bucketCounts: [UInt64] { counts.map(\.value) }

    public var sum: Double { total.value }
}
