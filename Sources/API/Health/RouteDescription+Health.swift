import HTTPServer
import JSON

/// What the routes that are open to everyone say of themselves.
extension RouteDescription {
    static let health = RouteDescription(
        answers: [Answer(summary: "It does.", schema: Schema.object(["status": ["const": "ok"]]))])

    static let readiness = RouteDescription(
        answers: [
            Answer(summary: "It does, though some of it may have to be looked at.", schema: report),
            Answer(status: .serviceUnavailable, summary: "Something does not work.", schema: report),
        ])

    private static let report: JSONValue = {
        let state = Schema.choice([HealthCheck.State.ok, .degraded, .failed].map(\.rawValue))
        return Schema.object([
            "status": state, "version": Schema.text, "uptime_seconds": ["type": "integer"],
            "checks": Schema.list(
                of: Schema.object([
                    "name": Schema.text, "status": state, "detail": Schema.text, "duration_ms": Schema.count,
                ])),
        ])
    }()

    static let metrics = RouteDescription(
        answers: [
            Answer(
                summary: "All metrics in the Prometheus text format, or as OpenMetrics if the client accepts that.",
                schema: Schema.text, mediaType: "text/plain", otherMediaTypes: ["application/openmetrics-text"])
        ])
}
