internal import HTTPServer
internal import TestSupport
internal import Testing

/// A request that no server should carry out, and how ours answers it.
struct BadRequest: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let status: Int
    let code: String

    init(_ name: String, _ text: String, _ status: Int, _ code: String) {
        self.name = name
        bytes = Array(text.utf8)
        self.status = status
        self.code = code
    }

    var testDescription: String { name }

    /// Each of them would be read differently by some proxy, or is nothing that HTTP/1.1 knows.
    static let table: [BadRequest] =
        [
            // Where the body ends must be beyond doubt: this is how requests are smuggled past a proxy.
            BadRequest(
                "two lengths", post("Content-Length: 5", "Content-Length: 6") + "hello!", 400, "ambiguous_framing"),
            BadRequest(
                "a length twice", post("Content-Length: 5", "Content-Length: 5") + "hello", 400, "ambiguous_framing"),
            BadRequest(
                "length and chunked", post("Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n", 400,
                "ambiguous_framing"),
            BadRequest(
                "chunked and length", post("Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n", 400,
                "ambiguous_framing"),
            BadRequest(
                "chunked twice", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n", 400,
                "ambiguous_framing"),
            BadRequest("a coding that is not chunked", post("Transfer-Encoding: gzip") + "x", 501, "not_implemented"),
            BadRequest(
                "chunked after another", post("Transfer-Encoding: gzip, chunked") + "0\r\n\r\n", 501, "not_implemented"),
            BadRequest(
                "chunked in quotes", post("Transfer-Encoding: \"chunked\"") + "0\r\n\r\n", 501, "not_implemented"),
            BadRequest(
                "chunked in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
                "ambiguous_framing"),
            BadRequest(
                "chunked behind a vertical tab", post("Transfer-Encoding: \u{B}chunked") + "0\r\n\r\n", 400,
                "malformed_header"),
            // The library compares these with all their blanks, so that it would find another end than we do.
            BadRequest(
                "a blank behind chunked", post("Transfer-Encoding: chunked ") + "0\r\n\r\n", 400, "ambiguous_framing"),
            BadRequest(
                "a tab behind chunked", post("Transfer-Encoding: chunked\t") + "0\r\n\r\n", 400, "ambiguous_framing"),
            BadRequest("a blank behind a length", post("Content-Length: 5 ") + "hello", 400, "ambiguous_framing"),
            BadRequest(
                "a blank behind an expectation", post("Expect: 100-continue ", "Content-Length: 5") + "hello", 400,
                "ambiguous_framing"),
            BadRequest(
                "a blank before the colon", post("Transfer-Encoding : chunked") + "0\r\n\r\n", 400, "malformed_header"),
            BadRequest(
                "a blank before the length's colon", post("Content-Length : 5") + "hello", 400, "malformed_header"),
            // The library refuses these by itself, and gives its header block twice, unless it is stopped.
            BadRequest("no number for a length", post("Content-Length: five") + "hello", 400, "ambiguous_framing"),
            BadRequest("a negative length", post("Content-Length: -5") + "hello", 400, "ambiguous_framing"),
            BadRequest("a list of lengths", post("Content-Length: 5, 5") + "hello", 400, "ambiguous_framing"),
            BadRequest("a length with a sign", post("Content-Length: +5") + "hello", 400, "ambiguous_framing"),
            BadRequest(
                "a huge length", post("Content-Length: 99999999999999999999") + "hello", 400, "ambiguous_framing"),
            // Folded lines, which the library glues to the name of the header.
            BadRequest("a folded value", get("X-Folded: one", " two"), 400, "malformed_header"),
            BadRequest("a folded value with a tab", get("X-Folded: one", "\ttwo"), 400, "malformed_header"),
            BadRequest(
                "a length hidden by folding", post("X: y", " Content-Length: 5") + "hello", 400, "malformed_header"),
            BadRequest(
                "chunked hidden by folding", post("Transfer-Encoding: chunked", " x") + "0\r\n\r\n", 400,
                "malformed_header"
            ),
            BadRequest("a blank first line", "GET / HTTP/1.1\r\n Host: test\r\n\r\n", 400, "malformed_header"),
            // Control characters.
            BadRequest("NUL in a value", get("X-Value: a\0b"), 400, "malformed_header"),
            BadRequest("NUL in a name", get("X-\0Name: a"), 400, ""),
            BadRequest("a bell in a value", get("X-Value: a\u{7}b"), 400, "malformed_header"),
            BadRequest("a carriage return in a value", get("X-Value: a\rb"), 400, "malformed_header"),
            BadRequest("DEL in a value", get("X-Value: a\u{7F}b"), 400, "malformed_header"),
            BadRequest("a line feed alone", "GET / HTTP/1.1\nHost: test\r\n\r\n", 400, "malformed_header"),
            BadRequest(
                "a line feed alone after a header", "GET / HTTP/1.1\r\nHost: test\nX: y\r\n\r\n", 400,
                "malformed_header"),
            BadRequest("a line feed alone at the end", "GET / HTTP/1.1\r\nHost: test\r\n\n", 400, "malformed_header"),
            BadRequest("a name with a blank", get("X Name: a"), 400, "malformed_header"),
            BadRequest("a name with brackets", get("X(Name): a"), 400, "malformed_header"),
            BadRequest("a name of nothing", get(": a"), 400, "malformed_header"),
            BadRequest("a line without a colon", get("Nothing"), 400, ""),
            // Who is meant.
            BadRequest("no host", "GET / HTTP/1.1\r\n\r\n", 400, "malformed_host"),
            BadRequest("two hosts", get("Host: other"), 400, "malformed_host"),
            BadRequest("a host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "malformed_host"),
            BadRequest("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "malformed_host"),
            BadRequest("a host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "malformed_host"),
            // The request line.
            BadRequest("two blanks", "GET  / HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_request_line"),
            BadRequest("a blank in the target", "GET /a b HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest("NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_request_line"),
            BadRequest("NUL in the method", "GE\0T / HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_request_line"),
            BadRequest("a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest("UTF-8 in the target", "GET /ü HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest("a fragment", "GET /a#b HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest("no slash", "GET a HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest("half an escape", "GET /%4 HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest(
                "a star where it means nothing", "GET * HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest("a scheme alone", "GET http:// HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest("another scheme", "GET ftp://test/ HTTP/1.1\r\nHost: test\r\n\r\n", 400, "malformed_target"),
            BadRequest("a method in lower case", "get / HTTP/1.1\r\nHost: test\r\n\r\n", 501, "not_implemented"),
            BadRequest("an unknown method", "BREW / HTTP/1.1\r\nHost: test\r\n\r\n", 501, "not_implemented"),
            BadRequest("a tunnel", "CONNECT test:80 HTTP/1.1\r\nHost: test\r\n\r\n", 501, "not_implemented"),
            BadRequest("an expectation we do not know", get("Expect: the unexpected"), 417, "expectation_failed"),
            // Too much.
            BadRequest(
                "a long target", "GET /\(String(repeating: "a", count: 8_000)) HTTP/1.1\r\nHost: test\r\n\r\n", 414,
                "uri_too_long"),
            BadRequest("long headers", get("X: \(String(repeating: "a", count: 10_240))"), 431, "headers_too_large"),
            BadRequest(
                "many headers", get((0..<110).map { "X\($0): y" }.joined(separator: "\r\n")), 431, "headers_too_large"),
            // What the library refuses before it asks us, in words of its own.
            BadRequest("a word for a version", "GET / nothing\r\nHost: test\r\n\r\n", 400, ""),
            BadRequest("no version", "GET /\r\nHost: test\r\n\r\n", 400, ""),
            BadRequest("an old version", "GET / HTTP/0.9\r\nHost: test\r\n\r\n", 505, ""),
            BadRequest("a future version", "GET / HTTP/2.0\r\nHost: test\r\n\r\n", 505, ""),
            // Here it is stopped in the middle of that.
            BadRequest(
                "a very long target", "GET /\(String(repeating: "a", count: 60_000)) HTTP/1.1\r\n\r\n", 414,
                "uri_too_long"),
            BadRequest(
                "very long headers", get("X: \(String(repeating: "a", count: 40_000))"), 431, "headers_too_large"),
            BadRequest("a chunk without a size", chunked("x\r\n\r\n"), 400, "ambiguous_framing"),
            BadRequest(
                "a chunk that is longer than it says", chunked("2\r\nabc\r\n0\r\n\r\n"), 400, "ambiguous_framing"),
            BadRequest(
                "a very long extension",
                chunked("5;\(String(repeating: "a", count: 70_000))\r\nhello\r\n0\r\n\r\n"), 431, "headers_too_large"),
            BadRequest(
                "a very long trailer",
                chunked("5\r\nhello\r\n0\r\nX: \(String(repeating: "a", count: 70_000))\r\n\r\n"), 431,
                "headers_too_large"),
            BadRequest("a line feed alone behind a size", chunked("5\nhello\r\n0\r\n\r\n"), 400, "ambiguous_framing"),
            BadRequest(
                "a line feed alone behind an extension", chunked("5;a\nhello\r\n0\r\n\r\n"), 400, "ambiguous_framing"),
            BadRequest(
                "a line feed alone behind a chunk", chunked("5\r\nhello\n5\r\nhello\r\n0\r\n\r\n"), 400,
                "ambiguous_framing"
            ),
            BadRequest(
                "a line feed alone behind all chunks", chunked("5\r\nhello\n0\r\n\r\n"), 400, "ambiguous_framing"),
            BadRequest(
                "a line feed alone behind the last size", chunked("5\r\nhello\r\n0\n\r\n"), 400, "ambiguous_framing"),
            BadRequest("a line feed alone at the very end", chunked("5\r\nhello\r\n0\r\n\n"), 400, "ambiguous_framing"),
            BadRequest("a line feed alone behind no chunk", chunked("0\r\n\n"), 400, "ambiguous_framing"),
            BadRequest("a chunk beyond 64 bits", chunked("fffffffffffffffff\r\nx"), 413, "payload_too_large"),
        ]
        // Which of the two counts for whom is anybody's guess.
        + [
            "Authorization", "Idempotency-Key", "Content-Type", "Last-Event-ID", "X-Correlation-Id", "X-Reason",
            "Origin",
            "Sec-Fetch-Site", "Range", "If-Range", "If-Modified-Since", "If-Unmodified-Since",
        ].map { BadRequest("two of \($0)", get("\($0): a", "\($0.lowercased()): b"), 400, "repeated_header") }

    private static func get(_ lines: String...) -> String {
        "GET / HTTP/1.1\r\nHost: test\r\n\(lines.map { $0 + "\r\n" }.joined())\r\n"
    }

    private static func post(_ lines: String...) -> String {
        "POST /echo HTTP/1.1\r\nHost: test\r\n\(lines.map { $0 + "\r\n" }.joined())\r\n"
    }

    private static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked") + body }
}

@Suite struct BadRequestTests {
    @Test(arguments: BadRequest.table)
    func aBadRequestIsRefusedAndItsConnectionClosed(_ bad: BadRequest) async throws {
        let carriedOut = Tally()
        try await serving { router in
            router.get("/") { _ in
                carriedOut.add()
                return .empty()
            }
            router.post("/echo") { request in
                carriedOut.add()
                return .text("\(request.body.count)")
            }
        } _: { server, client in
            try await client.send(bad.bytes)
            let answer = try #require(await client.answer())
            #expect(answer.status == bad.status)
            if !bad.code.isEmpty {
                #expect(answer["Content-Type"] == "application/problem+json")
                #expect(answer.text.contains("\"code\":\"\(bad.code)\""))
                #expect(answer.text.contains(answer["X-Request-Id"] ?? "no identifier"))
            }
            // A request hidden in what is left of this one finds nobody listening.
            _ = await client.takes(Array("GET / HTTP/1.1\r\nHost: test\r\n\r\n".utf8))
            #expect(await client.closes())
            #expect(carriedOut.count == 0)
            let other = try server.newClient()
            #expect(await other.get("/")?.status == 204)
        }
    }

    @Test func whatIsUnusualButRightIsTaken() async throws {
        try await serving { router in
            router.get("/") { request in .text(request.header("x-note") ?? "") }
            router.post("/echo") { request in Response(body: .bytes(request.body)) }
        } _: { server, client in
            // Empty lines before a request, as old clients send them.
            try await client.send("\r\nGET / HTTP/1.1\r\nhost:test\r\nX-NOTE:\t a: b \t\r\n\r\n")
            #expect(await client.answer()?.text == "a: b")
            #expect(await client.get("/", "X-Note: Grüße", "X-Other:")?.text == "Grüße")
            try await client.send("POST /echo HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: Chunked\r\n\r\n")
            try await client.send("A;name=\"v;\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n")
            #expect(await client.answer()?.text == "0123456789")
            #expect(await client.closes())
            let client = try server.newClient()
            #expect(
                await client.get("/", "Cookie: a=b", "Cookie: c=d", "If-Match: \"a\"", "If-Match: \"b\"")?.status == 200
            )
            #expect(await client.get("/", "X-Note: \(String(repeating: "n", count: 9_000))")?.text.count == 9_000)
            try await client.send("GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n")
            #expect(await client.answer()?.status == 200)
            #expect(await client.closes())
            let old = try server.newClient()
            try await old.send("GET / HTTP/1.0\r\n\r\n")
            #expect(await old.answer()?.status == 200)
            #expect(await old.closes())
        }
    }
}
