import System
import Telemetry
import Testing

struct FixedClock: WallClock {
    func now() -> Timestamp { Timestamp(microsecondsSinceEpoch: 1_700_000_000_500_000) }
}

@Suite struct ExpositionTests {
    /// One of each kind, awkward labels and numbers included.
    static func filled(exposesCreationTimes: Bool = false) -> Metrics {
        let metrics = Metrics(clock: FixedClock(), exposesCreationTimes: exposesCreationTimes)
        let requests = metrics.counter(
            "lifeos_requests_total", help: "Requests \\ \"answered\"\nhere.", labels: ["route", "status"])
        requests.with("GET /b", "200").increment(by: 18_446_744_073_709_551_615)
        requests.with("GET /a\\\"\n", "404").increment()
        metrics.gauge("lifeos_queue_bytes", help: "Bytes waiting.").with().set(-0.000_012_5)
        let latency = metrics.histogram("lifeos_wait_seconds", help: "Waited.", labels: ["pool"], bounds: [0.5, 1])
        latency.with("a").observe(0.25)
        latency.with("a").observe(3, trace: TraceContext(traceparent: traceparent))
        metrics.info("lifeos_build_info", help: "The build.", labels: ["version": "1"])
        return metrics
    }

    static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func theTextFormatIsExact() {
        let expected = #"""
            # HELP lifeos_build_info The build.
            # TYPE lifeos_build_info gauge
            lifeos_build_info{version="1"} 1
            # HELP lifeos_queue_bytes Bytes waiting.
            # TYPE lifeos_queue_bytes gauge
            lifeos_queue_bytes -1.25e-05
            # HELP lifeos_requests_total Requests \\ "answered"\nhere.
            # TYPE lifeos_requests_total counter
            lifeos_requests_total{route="GET /a\\\"\n",status="404"} 1
            lifeos_requests_total{route="GET /b",status="200"} 18446744073709551615
            # HELP lifeos_wait_seconds Waited.
            # TYPE lifeos_wait_seconds histogram
            lifeos_wait_seconds_bucket{pool="a",le="0.5"} 1
            lifeos_wait_seconds_bucket{pool="a",le="1"} 1
            lifeos_wait_seconds_bucket{pool="a",le="+Inf"} 2
            lifeos_wait_seconds_sum{pool="a"} 3.25
            lifeos_wait_seconds_count{pool="a"} 2

            """#
        #expect(String(decoding: Self.filled().exposition(.text), as: UTF8.self) == expected)
    }

    @Test func openMetricsIsExact() {
        let expected = #"""
            # HELP lifeos_build The build.
            # TYPE lifeos_build info
            lifeos_build_info{version="1"} 1
            # HELP lifeos_queue_bytes Bytes waiting.
            # TYPE lifeos_queue_bytes gauge
            # UNIT lifeos_queue_bytes bytes
            lifeos_queue_bytes -1.25e-05
            # HELP lifeos_requests Requests \\ \"answered\"\nhere.
            # TYPE lifeos_requests counter
            lifeos_requests_total{route="GET /a\\\"\n",status="404"} 1
            lifeos_requests_created{route="GET /a\\\"\n",status="404"} 1700000000.5
            lifeos_requests_total{route="GET /b",status="200"} 18446744073709551615
            lifeos_requests_created{route="GET /b",status="200"} 1700000000.5
            # HELP lifeos_wait_seconds Waited.
            # TYPE lifeos_wait_seconds histogram
            # UNIT lifeos_wait_seconds seconds
            lifeos_wait_seconds_bucket{pool="a",le="0.5"} 1
            lifeos_wait_seconds_bucket{pool="a",le="1.0"} 1
            lifeos_wait_seconds_bucket{pool="a",le="+Inf"} 2 # {trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"} 3 1700000000.5
            lifeos_wait_seconds_sum{pool="a"} 3.25
            lifeos_wait_seconds_count{pool="a"} 2
            lifeos_wait_seconds_created{pool="a"} 1700000000.5
            # EOF

            """#
        let metrics = Self.filled(exposesCreationTimes: true)
        #expect(String(decoding: metrics.exposition(.openMetrics), as: UTF8.self) == expected)
    }

    @Test func anUnsampledTraceIsNoExemplar() {
        let metrics = Metrics()
        let trace = TraceContext(traceparent: String(Self.traceparent.dropLast()) + "0")
        metrics.histogram("lifeos_a_seconds", help: "A.").with().observe(1, trace: trace)
        #expect(!String(decoding: metrics.exposition(.openMetrics), as: UTF8.self).contains("trace_id"))
    }

    @Test(arguments: [
        (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0, "0"), (-3, "-3"), (1e21, "1e+21"),
    ])
    func unusualNumbersAreSpelledAsPrometheusReadsThem(value: Double, text: String) {
        let metrics = Metrics()
        metrics.gauge("lifeos_a", help: "A.").with().set(value)
        #expect(String(decoding: metrics.exposition(), as: UTF8.self).hasSuffix("lifeos_a \(text)\n"))
    }

    @Test func theOrderDoesNotDependOnTheOrderOfDeclaration() {
        func exposition(_ values: [String]) -> [UInt8] {
            let metrics = Metrics()
            for value in values {
                metrics.counter("lifeos_\(value)_total", help: "H.").with().increment()
                metrics.gauge("lifeos_all", help: "H.", labels: ["v"]).with(value).set(1)
            }
            return metrics.exposition()
        }
        let letters = "abcdefghij".map(String.init)
        #expect(exposition(letters) == exposition(letters.reversed()))
        #expect(exposition(letters) == exposition(letters.shuffled()))
    }

    @Test(arguments: [
        (nil, Exposition.text), ("", .text), ("*/*", .text), ("text/html,*/*;q=0.8", .text),
        ("application/openmetrics-text", .openMetrics),
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
        ),
        ("application/openmetrics-text; version=\"1.0.0\" ; q=0.4, text/plain;q=0.5", .text),
        ("Application/OpenMetrics-Text;Q=0.5;escaping=underscores", .openMetrics),
        ("application/openmetrics-text;version=9.0.0", .text), ("application/openmetrics-text;q=0", .text),
        ("application/openmetrics-text;q=x", .text), (";;,=;q=,", .text),
    ])
    func theAcceptHeaderDecides(accept: String?, expected: Exposition) {
        #expect(Exposition.negotiated(accept: accept) == expected)
    }

    @Test(.enabled(if: Files.exists("/usr/bin/promtool"), "promtool is not installed"))
    func promtoolFindsNothingToSay() async throws {
        let metrics = Self.filled()
        metrics.observeProcess()
        let full = metrics.counter("lifeos_full_total", help: "Full.", labels: ["x"], seriesMax: 1)
        for value in ["a", "b", ""] { full.with(value).increment() }
        let path = "/tmp/lifeos-exposition-\(TimeOrderedIdentifiers().next()).txt"
        defer { try? Files.remove(path) }
        try Files.replace(path, with: metrics.exposition(.text))
        let result = try await Program("/bin/sh", ["-c", "/usr/bin/promtool check metrics < \(path)"]).run()
        #expect(result.exit.isSuccess)
        #expect(result.outputText + result.errorText == "")
    }
}
