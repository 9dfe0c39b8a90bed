internal import Synchronization

/// One metric name with its labelled series.
///
/// Look a series up once and keep it: `let hits = requests.with("GET /", "200")`, then `hits.increment()`.
public final class Family<Metric: Sendable>: MetricFamily {
    public let name: String
    public let help: String
    public let labels: [String]
    private let seriesMax: Int
    private let make: @Sendable () -> Metric
    private let series = Mutex<[[String]: Metric]>([:])

    init(
        name: String, help: String, labels: [String], seriesMax: Int, make: @escaping @Sendable () -> Metric
    ) {
        self.name = name
        self.help = help
        self.labels = labels
        self.seriesMax = seriesMax
        self.make = make
    }

    /// The series with these label values, in the order of ``labels``.
    ///
    /// Beyond `seriesMax` every new combination shares the series whose values are all `other`, so that no caller can
    /// fill the memory.
    public func with(_ values: String...) -> Metric {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        return series.withLock { series in
            if let known = series[values] { return known }
            let key = series.count < seriesMax ? values : values.map { _ in "other" }
            if let shared = series[key] { return shared }
            let metric = make()
            series[key] = metric
            return metric
        }
    }
}
