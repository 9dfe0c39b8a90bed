internal import Telemetry

/// What the metrics tell about a pool.
struct PoolMetrics: Sendable {
    let waitSeconds: Histogram
    let opened: Counter
    let openingFailed: Counter
    let lost: Counter
    let refused: Family<Counter>
    let retries: Counter
    let missed: Counter

    init(_ metrics: Metrics) {
        waitSeconds = metrics.histogram(
            "lifeos_postgres_pool_wait_duration_seconds", help: "Time callers waited when no connection was free."
        ).with()
        opened = metrics.counter(
            "lifeos_postgres_connections_opened_total", help: "Connections opened."
        ).with()
        openingFailed = metrics.counter(
            "lifeos_postgres_connection_failures_total", help: "Failed attempts to connect."
        ).with()
        lost = metrics.counter(
            "lifeos_postgres_connections_lost_total", help: "Connections given up after a failure."
        ).with()
        refused = metrics.counter(
            "lifeos_postgres_pool_refused_total", help: "Callers that got no connection.", labels: ["reason"])
        retries = metrics.counter(
            "lifeos_postgres_transaction_retries_total", help: "Transactions run again after a lost race."
        ).with()
        missed = metrics.counter(
            "lifeos_postgres_notifications_missed_total", help: "Times a listener may have missed notifications."
        ).with()
    }
}
