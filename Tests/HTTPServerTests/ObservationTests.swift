internal import HTTPServer
internal import System
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite struct ObservationTests {
    @Test func requestsAreCountedByTheRouteThatMatched() async throws {
        let metrics = Metrics()
        try await serving(metrics: metrics) { router in
            router.get("/things/{id}", .path("id", .int(), "")) { _, id in
                .text(String(repeating: "x", count: id))
            }
            router.post("/things") { request async in .empty() }
        } _: { _, client in
            for id in ["10", "20", "x"] { _ = await client.get("/things/\(id)") }
            _ = await client.post("/things", "12345")
            for path in ["/nowhere/1", "/nowhere/2"] { _ = await client.get(path) }
            // The count comes after the answer was sent.
            try await eventually {
                metrics.text.contains(#"lifeos_http_requests_total{route="none",method="any",status="4xx"} 2"# + "\n")
            }
            for line in [
                #"lifeos_http_requests_total{route="/things/{id}",method="GET",status="2xx"} 2"#,
                #"lifeos_http_requests_total{route="/things/{id}",method="GET",status="4xx"} 1"#,
                #"lifeos_http_requests_total{route="/things",method="POST",status="2xx"} 1"#,
                #"lifeos_http_request_duration_seconds_count{route="/things/{id}",method="GET"} 3"#,
                "lifeos_http_requests_in_flight 0", "lifeos_http_connections 1",
                "lifeos_http_request_body_bytes_total 5",
            ] {
                #expect(metrics.text.contains(line + "\n"), "\(line)")
            }
            #expect(!metrics.text.contains("nowhere"))
        }
    }

    @Test func aRouteThatNobodyAskedForHasNoSeries() async throws {
        let metrics = Metrics()
        try await serving(metrics: metrics) { router in
            router.get("/asked") { _ in .empty() }
            router.get("/never") { _ in .empty() }
        } _: { _, client in
            #expect(!metrics.text.contains(#"route="/asked""#))
            _ = await client.get("/asked")
            try await eventually { metrics.text.contains(#"{route="/asked",method="GET",status="2xx"} 1"# + "\n") }
            #expect(!metrics.text.contains("/never"))
        }
    }

    @Test func requestsInFlightAreCounted() async throws {
        let metrics = Metrics()
        let gate = Gate()
        try await serving(metrics: metrics) { router in
            router.get("/later") { _ in
                await gate.pass()
                return .empty()
            }
        } _: { _, client in
            try await client.send("GET /later HTTP/1.1\r\nHost: t\r\n\r\n")
            try await eventually { metrics.text.contains("lifeos_http_requests_in_flight 1\n") }
            await gate.open()
            #expect(await client.answer()?.status == 204)
            try await eventually { metrics.text.contains("lifeos_http_requests_in_flight 0\n") }
        }
    }

    @Test func theAccessLogTakesEverySoManyAndAllFailures() async throws {
        let book = LogBook()
        let configuration = HTTPServer.Configuration(accessLog: .init(every: 5))
        try await serving(configuration, logger: book.logger) { router in
            router.get("/fine/{n}", .wholeQuery) { _, _ in .empty() }
            router.get("/broken") { _ in throw Problem.serviceUnavailable(retryAfter: .seconds(1)) }
        } _: { _, client in
            for n in 0..<10 { _ = await client.get("/fine/\(n)?secret=x") }
            _ = await client.get("/broken", "X-Request-Id: the-broken-one")
            try await eventually { book.entries.count == 3 }
            let lines = book.entries.map { entry in
                Dictionary(uniqueKeysWithValues: entry.fields.map { ($0.name, $0.value) })
            }
            #expect(lines.map { $0["status"] } == ["204", "204", "503"])
            #expect(lines[0]["route"] == "/fine/{n}")
            #expect(lines[0]["method"] == "GET")
            #expect(lines[2]["request_id"] == "the-broken-one")
        }
    }

    @Test func identifiersOfRequestsDifferAndLookRandom() {
        let identifiers = RequestIdentifiers()
        let many = (0..<10_000).map { _ in identifiers.next() }
        #expect(Set(many).count == many.count)
        #expect(many.allSatisfy { $0.description.dropFirst(14).first == "4" })
        #expect(Set(many.map { $0.high >> 56 }).count > 200)
    }
}
