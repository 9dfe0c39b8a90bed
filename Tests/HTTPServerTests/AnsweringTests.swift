internal import HTTPServer
internal import System
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite struct AnsweringTests {
    private struct Mishap: Error {}

    @Test func anAsynchronousHandlerAnswersOnTheSameConnection() async throws {
        let gate = Gate()
        try await serving { router in
            router.get("/now") { _ async in .text("now") }
            router.get("/later") { _ in
                await gate.pass()
                return .text("later")
            }
        } _: { _, client in
            #expect(await client.get("/now")?.text == "now")
            try await client.send("GET /later HTTP/1.1\r\nHost: test\r\n\r\n")
            await gate.open()
            #expect(await client.answer()?.text == "later")
            #expect(await client.get("/later")?.text == "later")
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await serving { router in
            router.get("/direct/{n}", .path("n", .text, "")) { _, n in .text(n) }
            router.get("/task/{n}", .path("n", .text, "")) { _, n in
                await Task.yield()
                return .text(n)
            }
        } _: { _, client in
            let paths = (0..<20).map { $0 % 2 == 0 ? "/direct/\($0)" : "/task/\($0)" }
            try await client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
            for n in 0..<20 { #expect(await client.answer()?.text == "\(n)") }
        }
    }

    @Test func aClientThatSaysGoodbyeWithItsRequestIsAnsweredAndClosed() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.deadlines.precision = .milliseconds(5)
        try await serving(configuration) { router in
            router.get("/") { _ in .text("bye") }
        } _: { server, _ in
            for _ in 0..<20 {
                let client = try server.newClient()
                try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                await client.finishSending()
                #expect(await client.answer()?.text == "bye")
                #expect(await client.closes())
            }
        }
    }

    @Test func aBodyArrivesWholeHoweverItIsCut() async throws {
        try await serving { router in
            router.post("/echo") { request in Response(body: .bytes(request.body)) }
        } _: { _, client in
            #expect(await client.post("/echo", "hello")?.text == "hello")
            let large = String(repeating: "0123456789", count: 60_000)
            #expect(await client.post("/echo", large)?.text == large)
            try await client.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in ["5\r\nhel", "lo\r\n", "6;x=y\r\n world\r", "\n0\r\n\r\n"] { try await client.send(piece) }
            #expect(await client.answer()?.text == "hello world")
        }
    }

    @Test func aBodyThatIsTooLargeIsRefusedAndTheConnectionGoesOn() async throws {
        try await serving { router in
            router.on(.post, "/small", body: .buffered(bytesMax: 10)) { request in .text("\(request.body.count)") }
            router.get("/none") { _ in .text("fine") }
        } _: { _, client in
            let refused = try #require(await client.post("/small", "12345678901"))
            #expect(refused.status == 413)
            #expect(refused.text.contains(#""limit_bytes":10"#))
            #expect(await client.post("/small", "1234567890")?.text == "10")
            try await client.send("GET /none HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx")
            #expect(await client.answer()?.status == 413)
            #expect(await client.get("/none")?.text == "fine")
            try await client.send(
                "POST /small HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n")
            #expect(await client.answer()?.status == 413)
        }
    }

    @Test func aClientThatWaitsForLeaveIsRefusedBeforeItSends() async throws {
        try await serving { router in
            router.on(.post, "/small", body: .buffered(bytesMax: 10)) { request in .text("\(request.body.count)") }
        } _: { server, client in
            try await client.send(
                "POST /small HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.response(skippingInterim: false).status == 100)
            try await client.send("12345")
            #expect(await client.answer()?.text == "5")
            try await client.send(
                "POST /small HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
            #expect(await client.answer()?.status == 413)
            #expect(await client.closes())
        }
    }

    @Test func whatAHandlerThrowsIsAnsweredWithoutItsInternals() async throws {
        let book = LogBook()
        try await serving(logger: book.logger) { router in
            router.get("/problem") { _ in throw Problem(.conflict, "taken", "The name is taken. Choose another.") }
            router.get("/mishap") { _ in throw Mishap() }
            router.get("/mishap/later") { _ in
                await Task.yield()
                throw Mishap()
            }
        } _: { _, client in
            let problem = try #require(await client.get("/problem", "X-Request-Id: abc-1"))
            #expect(problem.status == 409)
            #expect(problem["Content-Type"] == "application/problem+json")
            #expect(problem.text.contains(#""code":"taken""#))
            #expect(problem.text.contains(#""request_id":"abc-1""#))
            for path in ["/mishap", "/mishap/later"] {
                let mishap = try #require(await client.get(path))
                #expect(mishap.status == 500)
                #expect(!mishap.text.contains("Mishap"))
                let requestID = try #require(mishap["X-Request-Id"])
                #expect(mishap.text.contains(requestID))
                let line = book.entries.first {
                    $0.fields.contains { $0.name == "request_id" && $0.value == requestID }
                }
                #expect(line?.fields.contains { $0.name == "error" && $0.value.contains("Mishap") } == true)
            }
        }
    }

    @Test(arguments: [
        ("X-Request-Id: a1-b2.C3_d4", "a1-b2.C3_d4"),
        ("x-request-id:   padded  ", "padded"),
    ])
    func aWellFormedRequestIdentifierIsKept(header: String, expected: String) async throws {
        try await serving { router in
            router.get("/") { request in .text(request.requestID + " " + (Ambient.requestID ?? "")) }
            router.get("/task") { request async in .text(request.requestID + " " + (Ambient.requestID ?? "")) }
        } _: { _, client in
            for path in ["/", "/task"] {
                let answer = try #require(await client.get(path, header))
                #expect(answer["X-Request-Id"] == expected)
                #expect(answer.text == "\(expected) \(expected)")
            }
        }
    }

    @Test(arguments: [
        "X-Request-Id: a b", "X-Request-Id: ", "X-Request-Id: \(String(repeating: "x", count: 129))", "A: b",
    ])
    func anyOtherRequestIdentifierIsReplaced(header: String) async throws {
        try await serving { router in
            router.get("/") { request in .text(request.requestID) }
        } _: { _, client in
            let first = try #require(await client.get("/", header))
            let second = try #require(await client.get("/", header))
            #expect(UUID(first.text) != nil)
            #expect(first["X-Request-Id"] == first.text)
            #expect(first.text != second.text)
        }
    }

    @Test func aTraceGoesOnFromTheCaller() async throws {
        try await serving { router in
            router.get("/") { request in
                .text("\(request.trace.traceID) \(request.trace.isSampled) \(Ambient.trace == request.trace)")
            }
            router.get("/task") { request in
                await Task.yield()
                return .text("\(request.trace.traceID) \(request.trace.isSampled) \(Ambient.trace == request.trace)")
            }
        } _: { _, client in
            let given = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            for path in ["/", "/task"] {
                #expect(await client.get(path, given)?.text == "4bf92f35-77b3-4da6-a3ce-929d0e0e4736 true true")
                #expect(await client.get(path, "traceparent: 00-zz-00-01")?.text.hasSuffix("false true") == true)
                #expect(await client.get(path)?.text.hasSuffix("false true") == true)
            }
        }
    }
}
