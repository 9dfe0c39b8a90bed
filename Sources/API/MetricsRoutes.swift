public import HTTPServer
public import Telemetry

/// `/metrics`, open to everyone who can reach the server, since scrapers seldom sign in.
public struct MetricsRoutes: Sendable {
    private let metrics: Metrics

    public init(metrics: Metrics) { self.metrics = metrics }

    public func declare(in router: inout Router) {
        router.get(
            "/metrics",
            info: RouteInfo("metrics", "Read all metrics, for Prometheus.", in: "Health", needs: nil, .metrics)
        ) { request in
            let format = Exposition.negotiated(accept: request.header("Accept"))
            return Response(
                headers: ["Content-Type": format.contentType], body: .bytes(metrics.exposition(format)))
        }
    }
}
