internal import HTTPServer
internal import TestSupport
internal import Testing

/// Clients that say all they have to say, close their side at once, and read on: `nc -N` does, and so do simple scripts. The
/// library took the end of a client's sending that came while a handler ran for the end of the connection: the change
/// was made and its answer lost.
@Suite struct HalfClosedTests {
    private static let clients = 8

    private func expectAnswers(
        _ request: String, status: Int = 200, _ text: String, answers: Int = 1, routes: (inout Router, Gate) -> Void
    ) async throws {
        let gate = Gate()
        try await serving(routes: { routes(&$0, gate) }) { server, _ in
            // Of all that the library resumes at once, it used to look at one without reading first.
            let clients = try (0..<Self.clients).map { _ in try server.newClient() }
            for client in clients {
                try await client.send(String(repeating: request, count: answers))
                await client.finishSending()
            }
            await gate.open()
            for client in clients {
                for _ in 0..<answers {
                    let answer = await client.answer()
                    #expect(answer?.status == status)
                    #expect(answer?.text == text)
                }
                #expect(await client.closes())
            }
        }
    }

    @Test func aRequestIsAnsweredThoughItsClientSendsNoMore() async throws {
        try await expectAnswers("GET / HTTP/1.1\r\nHost: test\r\n\r\n", "read") { router, gate in
            router.get("/") { _ async in
                await gate.pass()
                return .text("read")
            }
        }
    }

    @Test(arguments: ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"])
    func aChangeIsAnsweredThoughItsClientSendsNoMore(body: String) async throws {
        try await expectAnswers("POST / HTTP/1.1\r\nHost: test\r\n\(body)", "hello") { router, gate in
            router.post("/") { request async in
                await gate.pass()
                return Response(body: .bytes(request.body))
            }
        }
    }

    @Test func everyOneOfSeveralRequestsIsAnswered() async throws {
        try await expectAnswers(
            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello", "hello", answers: 5
        ) { router, gate in
            router.post("/") { request async in
                await gate.pass()
                return Response(body: .bytes(request.body))
            }
        }
    }

    /// The connection waits in the middle of the body while nobody reads it, and the client has ended by then.
    @Test(arguments: [true, false]) func aStreamedBodyIsReadToItsEnd(isChunked: Bool) async throws {
        let body = String(repeating: "hello", count: 200_000)
        let framed =
            isChunked
            ? "Transfer-Encoding: chunked\r\n\r\n\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
            : "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        try await expectAnswers("POST / HTTP/1.1\r\nHost: test\r\n\(framed)", "\(body.utf8.count)") { router, _ in
            router.on(.post, "/", body: .streamed(bytesMax: 10 << 20)) { request in
                // Slower than the client sends, so that the connection waits again and again.
                var count = 0
                for try await piece in request.stream {
                    count += piece.count
                    for _ in 0..<10 { await Task.yield() }
                }
                return .text("\(count)")
            }
        }
    }
}
