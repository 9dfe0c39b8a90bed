internal import HTTPServer
internal import Synchronization
internal import System
internal import Telemetry
internal import TestSupport
internal import Testing

/// Ten thousand damaged requests: whatever they do to each other's connection, the server goes on.
@Suite struct MutationTests {
    private static let samples: [[UInt8]] = [
        "GET /direct/17?limit=5&q=a%20b HTTP/1.1\r\nHost: test\r\nAccept: */*\r\nX-Request-Id: abc\r\n\r\n",
        "GET /task/17 HTTP/1.1\r\nHost: test\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            + "\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 11\r\nContent-Type: text/plain\r\n\r\nhello world",
        "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nT: x\r\n\r\n",
        "POST /stream HTTP/1.1\r\nHost: test\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n01234567890123456789",
        "HEAD /made HTTP/1.1\r\nHost: test\r\nCookie: a=b; c=\"d\"; e\r\n\r\n",
        "GET /made HTTP/1.1\r\nHost: test\r\nRange: bytes=0-5\r\nIf-None-Match: \"x\", W/\"y\"\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: test\r\nConnection: keep-alive\r\n\r\n",
        "GET http://test:80/direct/%C3%BC HTTP/1.1\r\nHost: test\r\nX-Folded: a,\r\n b\r\n\r\n",
        "DELETE /direct/1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
    ].map { Array($0.utf8) }

    private static let splices: [[UInt8]] = [
        "\r\n", "\n", "\0", "\r\n ", ": ", "%00", "%", "\r\n\r\n", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Host: x\r\n", "\u{7F}", "HTTP/1.1", " ", "ffffffff\r\n", "-1",
    ].map { Array($0.utf8) }

    private func routes(_ router: inout Router) {
        router.get("/direct/{id}", .path("id", .text, ""), .wholeQuery) { request, id, query in
            .text("\(id) \(query.pairs.count) \(request.headers("accept"))")
        }
        router.get("/task/{id}", .path("id", .text, "")) { _, id in
            await Task.yield()
            return .text(id)
        }
        router.post("/echo") { request in Response(body: .bytes(request.body)) }
        router.on(.post, "/stream", body: .streamed(bytesMax: 1 << 20)) { request in
            var count = 0
            for try await chunk in request.stream { count += chunk.count }
            return .text("\(count)")
        }
        router.get("/made") { request in
            .stream { writer in for n in 0..<3 { try await writer.write("\(n) \(request.target)") } }
        }
    }

    @Test(arguments: [UInt64(20_261_121), 7, 99, 1_234_567])
    func damagedRequestsCrashAndHangNothing(seed: UInt64) async throws {
        var configuration = HTTPServer.Configuration()
        // A request that lost its end has to go away some time.
        configuration.deadlines.head = .seconds(1)
        configuration.deadlines.body = .seconds(1)
        configuration.deadlines.precision = .milliseconds(20)
        let metrics = Metrics()
        try await serving(configuration, metrics: metrics, routes: routes) { server, _ in
            var generator = SeededRandom(seed: seed)
            var damaged = try server.newClient()
            var sinceConnecting = 0
            for _ in 0..<Effort.rounds(2_500) {
                let isTaken = await damaged.takes(mutate(using: &generator))
                sinceConnecting += 1
                if !isTaken || sinceConnecting == 5 {
                    // Every other client waits to see what became of it; the rest just go.
                    if generator.next() % 2 == 0 {
                        await damaged.finishSending()
                        await damaged.readToEnd()
                    }
                    damaged = try server.newClient()
                    sinceConnecting = 0
                }
            }
            // The first client has been cut off for its silence meanwhile.
            let client = try server.newClient()
            #expect(await client.get("/direct/9")?.text == "9 0 []", "seed \(seed)")
            #expect(await client.get("/task/9")?.text == "9", "seed \(seed)")
            damaged = client
            try await eventually(within: .seconds(10), "all others are gone, seed \(seed)") { server.connections == 1 }
            try await eventually("nothing is in flight, seed \(seed)") {
                metrics.text.contains("lifeos_http_requests_in_flight 0\n")
            }
        }
    }

    private func mutate(using generator: inout SeededRandom) -> [UInt8] {
        var bytes = Self.samples.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let at = Int.random(in: 0..<max(1, bytes.count), using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(contentsOf: Self.splices.randomElement(using: &generator) ?? [], at: at)
            case 3: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0..<40, using: &generator)))
            case 4: bytes = Array(bytes[..<at])
            case 5:
                let piece = bytes[at..<min(bytes.count, at + 30)]
                bytes.insert(contentsOf: Array(piece), at: Int.random(in: 0...bytes.count, using: &generator))
            default:
                let filler = [UInt8](repeating: 97, count: Int.random(in: 0..<20_000, using: &generator))
                bytes.insert(contentsOf: filler, at: at)
            }
            if bytes.isEmpty { return [] }
        }
        return bytes
    }
}
