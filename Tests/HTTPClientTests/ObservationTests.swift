import Synchronization
import System
import Telemetry
import TestSupport
import Testing

@testable import HTTPClient

@Suite("Observation") struct ObservationTests {
    private func echo() -> RudeServer {
        RudeServer { connection in
            while let request = connection.readRequest() {
                let status = request.line.split(separator: " ")[1].dropFirst().prefix { $0.isNumber }
                connection.answer("\(status) Whatever", request.head)
            }
        }
    }

    @Test func requestsAreCountedByPurposeStatusAndError() async throws {
        let metrics = Metrics()
        let server = echo()
        let client = try makeClient(metrics: metrics)
        _ = try await client.send(.init(.get, server.url("/200")), purpose: "one")
        _ = try await client.send(.init(.post, server.url("/204"), body: .text("12345")), purpose: "one")
        _ = try await client.send(.init(.get, server.url("/503")), purpose: "two")
        _ = await failure { try await client.send(.init(.get, "http://127.0.0.1:1/"), purpose: "two") }
        await client.shutdown()

        let requests = metrics.counter(
            "lifeos_http_client_requests_total", help: "-", labels: ["purpose", "status"])
        #expect(requests.with("one", "2xx").value == 2)
        #expect(requests.with("two", "5xx").value == 1)
        let errors = metrics.counter("lifeos_http_client_errors_total", help: "-", labels: ["purpose", "code"])
        #expect(errors.with("two", "refused").value == 1)
        let connections = metrics.counter(
            "lifeos_http_client_connections_total", help: "-", labels: ["purpose", "kind"])
        #expect(connections.with("one", "opened").value == 1)
        #expect(connections.with("one", "reused").value == 1)
        #expect(connections.with("two", "reused").value == 1)
        let bytes = metrics.counter(
            "lifeos_http_client_body_bytes_total", help: "-", labels: ["purpose", "direction"])
        #expect(bytes.with("one", "sent").value == 5)
        #expect(bytes.with("one", "received").value > 0)
        let gauge = metrics.gauge("lifeos_http_client_in_flight", help: "-", labels: ["purpose"])
        #expect(gauge.with("one").value == 0 && gauge.with("two").value == 0)
        let seconds = metrics.histogram("lifeos_http_client_request_duration_seconds", help: "-", labels: ["purpose"])
        #expect(seconds.with("one").bucketCounts.reduce(0, +) == 2)
        #expect(seconds.with("two").bucketCounts.reduce(0, +) == 2)
    }

    @Test func whatIsUnderWayIsShown() async throws {
        let metrics = Metrics()
        let server = RudeServer { $0.drain() }
        let client = try makeClient(metrics: metrics)
        let task = Task { try await client.send(.init(.get, server.url()), purpose: "slow") }
        let gauge = metrics.gauge("lifeos_http_client_in_flight", help: "-", labels: ["purpose"]).with("slow")
        try await eventually(within: .seconds(30), "it is counted") { gauge.value == 1 }
        task.cancel()
        try await eventually(within: .seconds(30), "it is no longer counted") { gauge.value == 0 }
        let errors = metrics.counter("lifeos_http_client_errors_total", help: "-", labels: ["purpose", "code"])
        #expect(errors.with("slow", "cancelled").value == 1)
        _ = await task.result
    }

    @Test func theTraceGoesOnAtTheOtherEnd() async throws {
        let server = echo()
        let client = try makeClient()
        let trace = TraceContext(
            traceID: UUID(high: 1, low: 2), spanID: 3, isSampled: true, state: TraceState("vendor=x") ?? TraceState())
        let text = try await Ambient.$trace.withValue(trace) {
            try await client.send(.init(.get, server.url("/200"))).text
        }
        let head = RudeConnection.Request(head: text)
        let seen = try #require(head.header("traceparent").flatMap { TraceContext(traceparent: $0) })
        #expect(seen.traceID == trace.traceID && seen.isSampled)
        #expect(seen.spanID != trace.spanID)
        #expect(head.header("tracestate") == "vendor=x")
        #expect(head.header("X-Request-Id") == nil)
        let plain = try await client.send(.init(.get, server.url("/200"))).text
        #expect(RudeConnection.Request(head: plain).header("traceparent") == nil)
    }

    @Test func withATracerTheRequestIsASpanOfItsOwn() async throws {
        let server = echo()
        let client = try makeClient()
        let sink = SpanRing()
        let tracer = Tracer(sink: sink)
        let text = try await tracer.withSpan("outer") { _ in
            try await client.send(.init(.get, server.url("/200?secret")), purpose: "p").text
        }
        let span = try #require(sink.spans.first { $0.kind == .client })
        let sent = RudeConnection.Request(head: text).header("traceparent")
        #expect(sent == span.context.traceparent)
        #expect(span.name == "HTTP GET")
        #expect(span.attributes.first { $0.name == "http.response.status_code" }?.value == .integer(200))
        #expect(!String(describing: span).contains("secret"))
    }

    @Test func theRequestsNameIsPassedOnOnlyWhenWanted() async throws {
        let server = echo()
        let client = try makeClient { $0.sendsRequestID = true }
        let text = try await Ambient.$requestID.withValue("r-1") {
            try await client.send(.init(.get, server.url("/200"))).text
        }
        #expect(RudeConnection.Request(head: text).header("X-Request-Id") == "r-1")
        var request = HTTPClient.Request(.get, server.url("/200"))
        request.headers["x-request-id"] = "mine"
        let own = try await Ambient.$requestID.withValue("r-1") { try await client.send(request).text }
        #expect(RudeConnection.Request(head: own).header("X-Request-Id") == "mine")
    }

    @Test func logsNameTheHostAndNoSecret() async throws {
        let lines = Collected<Logger.Entry>()
        let logger = Logger(module: "test", levelMin: .debug) { lines.add($0) }
        let server = echo()
        let client = try makeClient(logger: logger)
        let request = HTTPClient.Request(
            .post, server.url("/200/secret?key=secret"), headers: ["Authorization": "Bearer secret"],
            body: .text("secret"))
        _ = try? await client.send(request, purpose: "billing")
        await client.shutdown()
        let entry = try #require(lines.all.first)
        #expect(entry.fields.contains { $0.name == "host" && $0.value == "127.0.0.1:\(server.port)" })
        #expect(entry.fields.contains { $0.name == "purpose" && $0.value == "billing" })
        #expect(!String(describing: lines.all).contains("secret"))
    }
}
