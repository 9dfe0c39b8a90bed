internal import Synchronization
internal import System

/// How often values fell below each of a few bounds, such as latencies.
///
/// An observation is two atomic additions and never waits. The sum is kept in whole steps (nanoseconds for latencies)
/// rather than in a `Double`: adding to a `Double` needs a compare-and-swap loop, measured at 38 ns against 8 ns with
/// two cores at it. The price is that an observation is rounded to a step, and that the sum wraps beyond 2⁶³ steps (292
/// years of latency), which Prometheus reads as a restart.
@safe public final class Histogram: Sendable {
    private let layout: Layout
    private let clock: any WallClock
    /// One for each bound, one for what lies above, and the sum. Written through atomics only; freed in `deinit`.
    private nonisolated(unsafe) let cells: UnsafeMutablePointer<Atomic<UInt64>>
    private let exemplars = Lock<[Exemplar?]>([])

    init(layout: Layout, clock: any WallClock) {
        self.layout = layout
        self.clock = clock
        unsafe cells = .allocate(capacity: layout.bounds.count + 2)
        for cell in 0..<layout.bounds.count + 2 { unsafe (cells + cell).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe cells.deinitialize(count: layout.bounds.count + 2)
        unsafe cells.deallocate()
    }

    /// Counts one value. What is not a finite number is left out.
    ///
    /// - Parameter trace: kept as the bucket's exemplar in OpenMetrics when it is sampled, so that a slow bucket leads
    ///   to a slow request.
    public func observe(_ value: Double, trace: TraceContext? = nil) {
        guard value.isFinite else { return }
        let bucket = layout.bucket(of: value)
        unsafe cells[bucket].wrappingAdd(1, ordering: .relaxed)
        unsafe cells[layout.bounds.count + 1].wrappingAdd(layout.steps(of: value), ordering: .relaxed)
        if let trace, trace.isSampled { keep(trace, value, bucket) }
    }

    /// Records a duration in seconds, the base unit of every latency here.
    public func observe(_ duration: Duration, trace: TraceContext? = nil) {
        observe(duration.inSeconds, trace: trace)
    }

    /// Upper bounds, ascending; what lies above the last counts in `+Inf` alone.
    public var bounds: [Double] { layout.bounds }

    /// How many values fell into each bucket by itself (not cumulated), `+Inf` last.
    public var bucketCounts: [UInt64] {
        (0...layout.bounds.count).map { unsafe cells[$0].load(ordering: .relaxed) }
    }

    public var count: UInt64 { bucketCounts.reduce(0, &+) }

    public var sum: Double {
        layout.value(ofSteps: unsafe cells[layout.bounds.count + 1].load(ordering: .relaxed))
    }
}

extension Histogram {
    /// A trace that fell into a bucket.
    struct Exemplar {
        let trace: TraceContext
        let value: Double
        let time: Timestamp
    }

    /// An exemplar is worth no waiting: whoever comes while another writes goes without.
    private func keep(_ trace: TraceContext, _ value: Double, _ bucket: Int) {
        let exemplar = Exemplar(trace: trace, value: value, time: clock.now())
        _ = exemplars.withLockIfAvailable { exemplars in
            if exemplars.isEmpty { exemplars = Array(repeating: nil, count: layout.bounds.count + 1) }
            exemplars[bucket] = exemplar
        }
    }
}

extension Histogram: Exposed {
    func write(_ head: MetricHead, _ labels: SeriesText, _ writer: inout ExpositionWriter) {
        let exemplars = writer.format == .openMetrics ? self.exemplars.withLock { $0 } : []
        var cumulated: UInt64 = 0
        for (bucket, count) in bucketCounts.enumerated() {
            cumulated &+= count
            writer.bucket(head.name, labels, layout.boundText(of: bucket, in: writer.format), cumulated)
            if let exemplar = exemplars.isEmpty ? nil : exemplars[bucket] { writer.exemplar(exemplar) }
            writer.endLine()
        }
        writer.sample(head.name, "_sum", labels, sum)
        writer.sample(head.name, "_count", labels, cumulated)
    }
}
