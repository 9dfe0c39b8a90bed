public import System

/// Every metric of the process. Services are given one and declare theirs when they start.
///
/// Declaring the same name twice with the same kind and labels gives the same metric, so that two pools can share one.
/// A name that breaks Prometheus' conventions stops the program at once: it is a mistake in our code, never in data.
public final class Metrics: Sendable {
    let clock: any WallClock
    let exposesCreationTimes: Bool
    /// By base name: OpenMetrics would give `a` and `a_total` one name, so they must not both exist.
    private let families = Lock<[String: any MetricFamily]>([:])

    /// - Parameter exposesCreationTimes: adds a `_created` sample to each counter and histogram in OpenMetrics. Off by
    ///   default: Prometheus stores it as one more series for each.
    public init(clock: any WallClock = SystemWallClock(), exposesCreationTimes: Bool = false) {
        self.clock = clock
        self.exposesCreationTimes = exposesCreationTimes
    }

    /// A number that only grows.
    ///
    /// - Parameters:
    ///   - name: `lifeos_<what>_<unit>_total`, base units (seconds, bytes).
    ///   - labels: the names of the labels; their values come with ``Family/with(_:)``.
    ///   - seriesMax: how many combinations of label values are kept; later ones share the series `other`.
    public func counter(
        _ name: String, help: String, labels: [String] = [], seriesMax: Int = Metrics.seriesMaxByDefault
    ) -> Family<Counter> {
        declare(MetricHead(name: name, help: help, type: .counter, labels: labels), seriesMax) { Counter() }
    }

    /// A number that goes up and down.
    public func gauge(
        _ name: String, help: String, labels: [String] = [], seriesMax: Int = Metrics.seriesMaxByDefault
    ) -> Family<Gauge> {
        declare(MetricHead(name: name, help: help, type: .gauge, labels: labels), seriesMax) { Gauge() }
    }

    /// How values are spread over `bounds`, which ascend; a bucket for what lies above the last is added.
    public func histogram(
        _ name: String, help: String, labels: [String] = [], bounds: [Double] = Metrics.latencySeconds,
        seriesMax: Int = Metrics.seriesMaxByDefault
    ) -> Family<Histogram> {
        let layout = Histogram.Layout(bounds: bounds)
        return declare(MetricHead(name: name, help: help, type: .histogram, labels: labels), seriesMax) { [clock] in
            Histogram(layout: layout, clock: clock)
        }
    }

    /// A fact about the process that does not change, told by its labels, such as `lifeos_build_info`.
    public func info(_ name: String, help: String, labels: KeyValuePairs<String, String>) {
        let head = MetricHead(name: name, help: help, type: .info, labels: labels.map(\.key))
        declare(head, Metrics.seriesMaxByDefault) { Gauge() }.with(values: labels.map(\.value)).set(1)
    }

    public static let seriesMaxByDefault = 500

    /// Bounds from a tenth of a millisecond to ten seconds, in seconds.
    public static let latencySeconds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private func declare<Metric: Exposed>(
        _ head: MetricHead, _ seriesMax: Int, _ make: @escaping @Sendable () -> Metric
    ) -> Family<Metric> {
        declare(head) { Family(head: head, seriesMax: seriesMax, clock: clock, make: make) }
    }

    /// The family of this name, made when it is new.
    func declare<Kind: MetricFamily>(_ head: MetricHead, _ make: () -> Kind) -> Kind {
        families.withLock { families in
            guard let known = families[head.baseName] else {
                if let problem = head.problem { preconditionFailure(problem) }
                let family = make()
                families[head.baseName] = family
                return family
            }
            guard let same = known as? Kind, known.head.isSame(as: head) else {
                preconditionFailure("\(head) is declared already, as \(known.head)")
            }
            return same
        }
    }

    /// What is declared now, by name.
    var declared: [any MetricFamily] {
        families.withLock { $0.values.sorted { $0.head.name < $1.head.name } }
    }
}
