import Telemetry

/// What a scraper sees of the writer.
struct CommandWriterMetrics: Sendable {
    let batchSeconds: Histogram
    let batchCommands: Histogram
    let events: Counter
    let refused: Counter
    let withdrawn: Counter
    let retries: Counter
    let position: Gauge

    init(_ metrics: Metrics) {
        batchSeconds =
            metrics.histogram(
                "lifeos_eventlog_batch_duration_seconds", help: "From locking the head to the end of the commit."
            )
            .with()
        batchCommands =
            metrics.histogram(
                "lifeos_eventlog_batch_commands", help: "Commands decided in one transaction.",
                bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256]
            ).with()
        events = metrics.counter("lifeos_eventlog_events_total", help: "Events this node has appended.").with()
        refused =
            metrics.counter("lifeos_eventlog_commands_refused_total", help: "Commands refused because too many waited.")
            .with()
        withdrawn =
            metrics.counter(
                "lifeos_eventlog_commands_withdrawn_total", help: "Commands whose caller gave up while they waited."
            ).with()
        retries = metrics.counter("lifeos_eventlog_batch_retries_total", help: "Batches that were tried again.").with()
        position = metrics.gauge("lifeos_eventlog_position", help: "The last position this node has appended.").with()
    }
}
