internal import System

extension Metrics {
    /// What an observed number is to Prometheus.
    public enum ObservedKind: Sendable {
        /// Goes up and down.
        case gauge
        /// Only grows; its name ends in `_total`.
        case counter
    }

    /// A number read at every scrape instead of being kept, such as the size of a pool.
    ///
    /// A second observation of the same series takes the place of the first. An observation ends when `read` gives nil,
    /// so capture its subject weakly:
    ///
    ///     metrics.observe("lifeos_pool_connections", help: "Open connections.") { [weak pool] in pool?.count }
    ///
    /// - Parameter read: is called on the scraping thread, outside every lock here; it must be quick and must not
    ///   block.
    public func observe(
        _ name: String, help: String, as kind: ObservedKind = .gauge, labels: KeyValuePairs<String, String> = [:],
        read: @escaping @Sendable () -> Double?
    ) {
        let type: MetricHead.Kind = kind == .gauge ? .gauge : .counter
        let head = MetricHead(name: name, help: help, type: type, labels: labels.map(\.key))
        declare(head) { ObservedFamily(head: head) }.add(labels.map(\.value), read)
    }
}

/// A family whose numbers live elsewhere.
final class ObservedFamily: MetricFamily {
    private struct Series {
        let values: [String]
        let text: SeriesText
        let read: @Sendable () -> Double?
        /// Tells this observation from one that took its place while it was being read.
        let serial: Int
    }

    let head: MetricHead
    let overflows: UInt64 = 0
    private let series = Lock<(ordered: [Series], lastSerial: Int)>(([], 0))

    init(head: MetricHead) { self.head = head }

    func add(_ values: [String], _ read: @escaping @Sendable () -> Double?) {
        let values = values.map(SeriesText.cut)
        let text = SeriesText(names: head.labels, values: values)
        series.withLock { series in
            series.lastSerial += 1
            series.ordered.removeAll { $0.values == values }
            series.ordered.append(Series(values: values, text: text, read: read, serial: series.lastSerial))
            series.ordered.sort { $0.values.lexicographicallyPrecedes($1.values) }
        }
    }

    func write(into writer: inout ExpositionWriter) {
        let observed = series.withLock(\.ordered)
        let readings = observed.map { ($0, $0.read()) }
        let ended = Set(readings.filter { $0.1 == nil }.map(\.0.serial))
        if !ended.isEmpty { series.withLock { $0.ordered.removeAll { ended.contains($0.serial) } } }
        if ended.count == observed.count { return }
        writer.head(head)
        for case (let series, let value?) in readings { writer.sample(head.name, "", series.text, value) }
    }
}
