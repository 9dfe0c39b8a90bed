internal import Synchronization

/// Every metric of the process. Services are given one and declare theirs when they start.
///
/// Declaring the same name twice with the same kind and labels gives the same metric, so that two pools can share one.
public final class Metrics: Sendable {
    private let families = Mutex<[String: any MetricFamily]>([:])

    public init() {}

    /// - Parameters:
    ///   - name: `lifeos_<what>_<unit>_total`, base units (seconds, bytes).
    ///   - labels: the names of the labels; their values come with ``Family/with(_:)``.
    public func counter(_ name: String, help: String, labels: [String] = [], seriesMax: Int = 500) -> Family<Counter> {
        declare(name) { Family(name: name, help: help, labels: labels, seriesMax: seriesMax) { Counter() } }
    }

    public func gauge(_ name: String, help: String, labels: [String] = [], seriesMax: Int = 500) -> Family<Gauge> {
        declare(name) { Family(name: name, help: help, labels: labels, seriesMax: seriesMax) { Gauge() } }
    }

    public func histogram(
        _ name: String, help: String, labels: [String] = [], bounds: [Double] = Metrics.latencySeconds,
        seriesMax: Int = 500
    ) -> Family<Histogram> {
        declare(name) { Family(name: name, help: help, labels: labels, seriesMax: seriesMax) { Histogram(bounds: bounds) } }
    }

    /// Bounds from a tenth of a millisecond to ten seconds, in seconds.
    public static let latencySeconds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private func declare<Metric>(_ name: String, _ make: () -> Family<Metric>) -> Family<Metric> {
        families.withLock { families in
            if let known = families[name] {
                guard let same = known as? Family<Metric> else {
                    preconditionFailure("metric \(name) is declared twice with different kinds")
                }
                return same
            }
            let family = make()
            families[name] = family
            return family
        }
    }
}

/// What the exposition needs of a family, whatever its kind.
protocol MetricFamily: Sendable {
    var name: String { get }
    var help: String { get }
}
