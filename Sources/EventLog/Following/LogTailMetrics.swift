import Telemetry

/// What a scraper sees of the tail.
struct LogTailMetrics: Sendable {
    let position: Gauge
    let read: Counter
    let pagesMade: Counter
    let pagesShared: Counter

    init(_ metrics: Metrics) {
        position = metrics.gauge("lifeos_eventlog_tail_position", help: "The last position this node knows of.")
            .with()
        read =
            metrics.counter(
                "lifeos_eventlog_tail_read_total",
                help: "Events the tail read from the database: what other nodes appended."
            ).with()
        pagesMade =
            metrics.counter(
                "lifeos_eventlog_pages_made_total", help: "Pages of events that were made for those who follow the log."
            ).with()
        pagesShared =
            metrics.counter(
                "lifeos_eventlog_pages_shared_total",
                help: "Pages of events that were there already for another who followed."
            ).with()
    }
}
