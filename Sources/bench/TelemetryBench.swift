import System
import Telemetry

/// What counting, tracing and logging cost the code that does it, and what a scrape costs.
func measureTelemetry() -> [(name: String, value: Double, unit: String)] {
    measureCounting() + measureScrapes() + measureLines()
}

private func measureCounting() -> [(name: String, value: Double, unit: String)] {
    let metrics = Metrics()
    let counter = metrics.counter("lifeos_bench_total", help: "Bench.").with()
    let histogram = metrics.histogram("lifeos_bench_seconds", help: "Bench.").with()
    let family = metrics.counter("lifeos_requests_total", help: "Bench.", labels: ["route", "status"])
    for status in 200..<260 { _ = family.with("GET /api/v2/characters", "\(status)") }
    var rows: [(name: String, value: Double, unit: String)] = []
    for threads in [1, 2] {
        let suffix = threads == 1 ? "" : ", \(threads) threads on one"
        rows.append(("counter increment\(suffix)", nanoseconds(2_000_000, threads) { _ in counter.increment() }, "ns"))
        let observe = nanoseconds(2_000_000, threads) { histogram.observe(Double($0 & 1_023) * 1e-5) }
        rows.append(("histogram observation\(suffix)", observe, "ns"))
    }
    let lookUp = nanoseconds(200_000, 1) { _ in family.with("GET /api/v2/characters", "204").increment() }
    rows.append(("look-up by two labels and increment", lookUp, "ns"))
    return rows
}

private func measureScrapes() -> [(name: String, value: Double, unit: String)] {
    let counters = Metrics()
    for family in 0..<10 {
        let requests = counters.counter(
            "lifeos_bench_\(family)_total", help: "Bench.", labels: ["route", "status"], seriesMax: 1_000)
        for n in 0..<500 {
            requests.with("GET /api/v2/things/\(n / 5)", "\(200 + n % 5)").increment(by: UInt64(n) * 977)
        }
    }
    // 19 lines each, so that they make 5,000 series too.
    let histograms = Metrics()
    let latency = histograms.histogram("lifeos_bench_seconds", help: "Bench.", labels: ["route"], seriesMax: 1_000)
    for n in 0..<264 { latency.with("GET /api/v2/things/\(n)").observe(Double(n) * 1e-3) }
    return [("counters", counters), ("histograms", histograms)].flatMap { name, metrics in
        [Exposition.text, .openMetrics].map { format in
            let cost = nanoseconds(20, 1) { _ in precondition(metrics.exposition(format).count > 5_000) }
            return ("scrape of 5,000 series, \(name), \(format)", cost / 1e6, "ms")
        }
    }
}

private func measureLines() -> [(name: String, value: Double, unit: String)] {
    let ring = LogRing()
    let logger = Logger(module: "bench", levels: LogLevels(.info), sinks: [ring])
    let tracer = Tracer(sink: SpanRing())
    let unsampled = Tracer(sink: SpanRing(), rootSampling: 0)
    var rows: [(name: String, value: Double, unit: String)] = []
    let silent = nanoseconds(200_000, 1) { logger.debug("answered", ["status": $0]) }
    rows.append(("log line below the level", silent, "ns"))
    let line = nanoseconds(20_000, 1) {
        logger.info("answered", ["method": "GET", "route": "/api/v2/characters/{id}", "status": $0, "bytes": 2_048])
    }
    rows.append(("log line with four fields into the ring", line, "ns"))
    if let file = try? FileDescriptor.open("/dev/null", .append(mode: 0)) {
        let writer = LogWriter(to: file, as: .json, metrics: Metrics())
        let logger = Logger(module: "bench", levels: LogLevels(.info), sinks: [writer])
        let line = nanoseconds(2_000, 1) {
            logger.info(
                "answered", ["method": "GET", "route": "/api/v2/characters/{id}", "status": $0, "bytes": 2_048])
        }
        rows.append(("log line with four fields as JSON into the queue", line, "ns"))
    }
    let text = "connect to server at 10.0.0.4 port 5432 failed: the database system is starting up"
    rows.append(
        ("redaction of 82 bytes", nanoseconds(20_000, 1) { _ in precondition(!Redaction.redacted(text).isEmpty) }, "ns")
    )
    rows.append(
        ("span, recorded", nanoseconds(20_000, 1) { n in tracer.withSpan("x") { $0.set("n", .integer(n)) } }, "ns"))
    rows.append(("span, not sampled", nanoseconds(20_000, 1) { _ in unsampled.withSpan("x") { _ in } }, "ns"))
    return rows
}

/// The best of ten runs on this many threads at once: on a shared machine the rest measures the neighbours.
private func nanoseconds(_ rounds: Int, _ threads: Int, _ body: @escaping @Sendable (Int) -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<10 {
        let running = Monitor(threads)
        let start = ContinuousClock.now
        for _ in 0..<threads {
            Thread.detach(name: "bench") {
                for round in 0..<rounds { body(round) }
                running.withLock { $0 -= 1 }
            }
        }
        running.wait(until: { $0 == 0 }) { _ in }
        best = min(best, (ContinuousClock.now - start) / .nanoseconds(1) / Double(rounds))
    }
    return best
}
