internal import Telemetry

/// What the metrics tell about queries, by their names.
final class QueryMetrics: Sendable {
    private let seconds: Family<Histogram>
    private let rows: Family<Counter>
    private let errors: Family<Counter>

    init(_ metrics: Metrics) {
        seconds = metrics.histogram(
            "lifeos_postgres_query_duration_seconds", help: "Time from sending a query to its whole answer.",
            labels: ["query"])
        rows = metrics.counter(
            "lifeos_postgres_query_rows_total", help: "Rows that queries returned or changed.", labels: ["query"])
        errors = metrics.counter(
            "lifeos_postgres_query_errors_total", help: "Queries that failed, by SQLSTATE.",
            labels: ["query", "code"])
    }

    /// The counters of one query; looked up once for each connection.
    struct Series: Sendable {
        let seconds: Histogram
        let rows: Counter

        func observe(seconds value: Double) { seconds.observe(value, trace: Ambient.trace) }

        func add(rows count: Int) { if count > 0 { rows.increment(by: UInt64(count)) } }
    }

    func series(of query: QueryName) -> Series {
        Series(seconds: seconds.with(query.text), rows: rows.with(query.text))
    }

    func count(_ error: PostgresError) {
        errors.with(error.query ?? "", error.code.rawValue).increment()
    }
}
