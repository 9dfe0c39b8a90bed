internal import System

/// One metric name with its labelled series.
///
/// Look a series up once and keep it: `let hits = requests.with("GET /", "200")`, then `hits.increment()`. A look-up
/// costs a lock and the hashing of the values: fine once for each request, too much inside a loop.
public final class Family<Metric: Sendable>: MetricFamily {
    struct Series: Sendable {
        let values: [String]
        let text: SeriesText
        let created: Timestamp
        let metric: Metric
    }

    private struct State {
        var known: [[String]: Metric] = [:]
        /// Sorted by label values, so that every scrape has the same order.
        var ordered: [Series] = []
    }

    let head: MetricHead
    private let seriesMax: Int
    private let clock: any WallClock
    private let make: @Sendable () -> Metric
    private let write: @Sendable (Series, MetricHead, inout ExpositionWriter) -> Void
    private let state = Lock(State())
    private let overflow = Counter()

    public var name: String { head.name }
    public var help: String { head.help }
    public var labels: [String] { head.labels }

    init(head: MetricHead, seriesMax: Int, clock: any WallClock, make: @escaping @Sendable () -> Metric)
    where Metric: Exposed {
        self.head = head
        self.seriesMax = seriesMax
        self.clock = clock
        self.make = make
        write = { series, head, writer in
            series.metric.write(head, series.text, &writer)
            if writer.wantsCreationTimes, head.type == .counter || head.type == .histogram {
                writer.sample(head.baseName, "_created", series.text, series.created.secondsSinceEpoch)
            }
        }
    }

    /// The series with these label values, in the order of ``labels``.
    ///
    /// Beyond `seriesMax` every new combination shares the series whose values are all `other`, so that no caller can
    /// fill the memory; `lifeos_metrics_overflows_total` tells how often that happened.
    public func with(_ values: String...) -> Metric { with(values: values) }

    func with(values: [String]) -> Metric {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        return state.withLock { state in
            if let known = state.known[values] { return known }
            var key = values.map(SeriesText.cut)
            if state.known[key] == nil, state.known.count >= seriesMax {
                overflow.increment()
                key = values.map { _ in "other" }
            }
            if let shared = state.known[key] { return shared }
            return add(key, to: &state)
        }
    }

    private func add(_ values: [String], to state: inout State) -> Metric {
        let text = SeriesText(names: labels, values: values)
        let series = Series(values: values, text: text, created: clock.now(), metric: make())
        var (low, high) = (0, state.ordered.count)
        while low < high {
            let middle = (low + high) / 2
            if state.ordered[middle].values.lexicographicallyPrecedes(values) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        state.ordered.insert(series, at: low)
        state.known[values] = series.metric
        return series.metric
    }

    var overflows: UInt64 { overflow.value }

    func write(into writer: inout ExpositionWriter) {
        let ordered = state.withLock(\.ordered)
        if ordered.isEmpty { return }
        writer.head(head)
        for series in ordered { write(series, head, &writer) }
    }
}
