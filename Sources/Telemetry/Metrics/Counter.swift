internal import Synchronization

/// A number that only grows, such as requests answered. Its name ends in `_total`.
///
/// One atomic addition, not one for each core: measured at 2 ns alone and 10 ns with two cores on the same counter,
/// which padded shards (64 bytes each, for every series) would not repay.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    /// Adds without a lock; cheap enough for the hottest path.
    public func increment(by amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    public var value: UInt64 { count.load(ordering: .relaxed) }
}

extension Counter: Exposed {
    func write(_ head: MetricHead, _ labels: SeriesText, _ writer: inout ExpositionWriter) {
        writer.sample(head.name, "", labels, value)
    }
}
