internal import HTTPServer
internal import TestSupport
internal import Testing

/// The library does not say whom it refuses. Among many, the right one has to be found.
@Suite struct CrowdedRefusalTests {
    @Test func onlyTheOneThatSentTooMuchIsRefused() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.threads = 1
        try await serving(configuration) { router in
            router.get("/") { request in .text(request.header("x-note") ?? "") }
            router.post("/echo") { request in Response(body: .bytes(request.body)) }
        } _: { server, _ in
            let idle = try server.newClient()
            #expect(await idle.get("/", "X-Note: \(String(repeating: "n", count: 9_000))")?.status == 200)
            #expect(await idle.post("/echo", String(repeating: "n", count: 100_000))?.status == 200)
            let beginning = try server.newClient()
            try await beginning.send("GET / HT")
            let inHead = try server.newClient()
            try await inHead.send("GET / HTTP/1.1\r\nHost: test\r\nX-Note: hel")
            let (plain, pieces) = (try server.newClient(), "10\r\n0123456789abcdef\r\n")
            try await plain.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhel")
            let long = String(repeating: "a", count: 60_000)
            for (request, status) in [
                ("GET /\(long) HTTP/1.1\r\n\r\n", 414), ("GET / HTTP/1.1\r\nHost: test\r\nX: \(long)\r\n\r\n", 431),
                ("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\(pieces)1;\(long)\r\n", 431),
            ] {
                let bad = try server.newClient()
                try await bad.send(request)
                let answer = await bad.answer()
                #expect(answer?.status == status)
                #expect(answer?["Content-Type"] == "application/problem+json")
                #expect(await bad.closes())
            }
            #expect(await idle.get("/")?.status == 200)
            try await beginning.send("TP/1.1\r\nHost: test\r\n\r\n")
            #expect(await beginning.answer()?.status == 200)
            try await inHead.send("lo\r\n\r\n")
            #expect(await inHead.answer()?.text == "hello")
            try await plain.send("lo")
            #expect(await plain.answer()?.text == "hello")
        }
    }
}
