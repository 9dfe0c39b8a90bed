internal import CCurl
internal import Synchronization
internal import Telemetry

/// What the client measures. `purpose` is the caller's word; beyond 100 of them, new ones share `other`.
struct ClientMeters: Sendable {
    private let requests: Family<Counter>
    private let errors: Family<Counter>
    private let seconds: Family<Histogram>
    private let bytes: Family<Counter>
    private let connections: Family<Counter>
    private let inFlight: Family<Gauge>

    init(_ metrics: Metrics) {
        let purposesMax = 100
        requests = metrics.counter(
            "lifeos_http_client_requests_total", help: "Requests that were answered, by class of status.",
            labels: ["purpose", "status"], seriesMax: 5 * purposesMax)
        errors = metrics.counter(
            "lifeos_http_client_errors_total", help: "Requests that came to nothing, by reason.",
            labels: ["purpose", "code"], seriesMax: 20 * purposesMax)
        seconds = metrics.histogram(
            "lifeos_http_client_request_duration_seconds",
            help: "From the call to the answer's last byte, or to the failure.",
            labels: ["purpose"], bounds: Self.secondsBounds, seriesMax: purposesMax)
        bytes = metrics.counter(
            "lifeos_http_client_body_bytes_total", help: "Bytes of bodies as they went over the network.",
            labels: ["purpose", "direction"], seriesMax: 2 * purposesMax)
        connections = metrics.counter(
            "lifeos_http_client_connections_total", help: "Connections that requests went over, opened or reused.",
            labels: ["purpose", "kind"], seriesMax: 2 * purposesMax)
        inFlight = metrics.gauge(
            "lifeos_http_client_in_flight", help: "Requests under way, those waiting for a connection included.",
            labels: ["purpose"], seriesMax: purposesMax)
    }

    /// Model providers take minutes; services next door a millisecond.
    private static let secondsBounds = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

    func began(_ purpose: String) { inFlight.with(purpose).add(1) }

    func moved(_ transfer: Transfer) {
        let purpose = transfer.request.purpose
        let sent = transfer.easy.offset(CURLINFO_SIZE_UPLOAD_T)
        let received = transfer.easy.offset(CURLINFO_SIZE_DOWNLOAD_T)
        if sent > 0 { bytes.with(purpose, "sent").increment(by: UInt64(sent)) }
        if received > 0 { bytes.with(purpose, "received").increment(by: UInt64(received)) }
        guard transfer.exchange.wasIssued.load(ordering: .relaxed) else { return }
        let isNew = transfer.easy.count(CURLINFO_NUM_CONNECTS) > 0
        connections.with(purpose, isNew ? "opened" : "reused").increment()
    }

    func ended(_ exchange: Exchange) {
        let purpose = exchange.request.purpose
        inFlight.with(purpose).add(-1)
        seconds.with(purpose).observe(exchange.queuedAt.duration(to: .now))
        if let error = exchange.failed {
            errors.with(purpose, error.code.rawValue).increment()
        } else if let status = exchange.status {
            requests.with(purpose, "\(status / 100)xx").increment()
        }
    }
}
