internal import System
internal import Telemetry

/// What a server counts. Labels are bounded: the route is the pattern that matched, never the path that was asked for.
struct ServerMetrics: Sendable {
    private let requests: Family<Counter>
    private let latency: Family<Histogram>
    let inFlight: Gauge
    let connections: Gauge
    let refusedConnections: Counter
    let bytesReceived: Counter
    let bytesSent: Counter
    let deadlines: Family<Counter>

    init(_ metrics: Metrics) {
        // Four classes of status for each route: room for a few hundred routes.
        requests = metrics.counter(
            "lifeos_http_requests_total", help: "Requests answered, by matched route, method and class of status.",
            labels: ["route", "method", "status"], seriesMax: 4_000)
        latency = metrics.histogram(
            "lifeos_http_request_duration_seconds", help: "Time from the head of a request to the end of its answer.",
            labels: ["route", "method"], seriesMax: 1_000)
        inFlight = metrics.gauge("lifeos_http_requests_in_flight", help: "Requests being answered now.").with()
        connections = metrics.gauge("lifeos_http_connections", help: "Open client connections.").with()
        refusedConnections = metrics.counter(
            "lifeos_http_connections_refused_total", help: "Connections refused because a limit was reached."
        ).with()
        bytesReceived = metrics.counter(
            "lifeos_http_request_body_bytes_total", help: "Bytes of request bodies received."
        ).with()
        bytesSent = metrics.counter(
            "lifeos_http_response_body_bytes_total", help: "Bytes of response bodies handed out to be sent."
        ).with()
        deadlines = metrics.counter(
            "lifeos_http_deadlines_total", help: "Connections and requests ended by a deadline, by what was late.",
            labels: ["late"])
    }

    func route(pattern: String, method: String) -> RouteMetrics {
        RouteMetrics { [requests, latency] in
            .init(
                byClass: ["2xx", "3xx", "4xx", "5xx"].map { requests.with(pattern, method, $0) },
                latency: latency.with(pattern, method))
        }
    }
}

/// The series of one route. They come into being with its first answer: hundreds of routes are never asked for, and a scraper
/// would carry all of theirs.
final class RouteMetrics: Sendable {
    struct Series: Sendable {
        let byClass: [Counter]
        let latency: Histogram
    }

    private let make: @Sendable () -> Series
    private let made = Lock<Series?>(nil)

    init(_ make: @escaping @Sendable () -> Series) { self.make = make }

    private var series: Series {
        made.withLock { made in
            if let made { return made }
            let series = make()
            made = series
            return series
        }
    }

    func count(_ status: Int) { count(status, in: series) }

    func record(_ status: Int, _ duration: Duration) {
        let series = series
        count(status, in: series)
        series.latency.observe(duration)
    }

    private func count(_ status: Int, in series: Series) {
        series.byClass[min(max(status / 100, 2), 5) - 2].increment()
    }
}
