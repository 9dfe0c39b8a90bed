import HTTPClient
import Telemetry
import Testing

@Suite("Requests") struct RequestTests {
    /// Nobody listens there; what is refused for its form must not get that far.
    private static let nobody = "http://127.0.0.1:1/"

    @Test(arguments: [
        "", "/relative", "example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
        "http://", "http:///x", "http://example.com:99999/", "http://exa mple.com/", "http://example.com/a b",
        "http://example.com/\r\nX: y", "http://example.com/\0", "http://user:pass@example.com/",
        "https://token@example.com/", "http://[::1/", "http://example.com/\u{7F}",
    ]) func aBadURLIsRefused(_ url: String) async throws {
        let client = try makeClient()
        let error = await failure { try await client.send(.init(.get, url)) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.mayHaveBeenSent == false)
        #expect(error?.description.contains("pass") == false && error?.description.contains("token") == false)
    }

    @Test(arguments: [
        ("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\rb"), ("X-A", "a\0b"), ("X-A", "\u{7F}"), ("X-A", "\u{8}"),
        ("X A", "b"), ("X-A:", "b"), ("", "b"), ("X-A\r\nX-B", "b"), ("X-Ä", "b"), ("X-A\0", "b"), ("X-A;", ""),
        ("Content-Length", "5"), ("transfer-encoding", "chunked"), ("Connection", "close"), ("Expect", "100-continue"),
    ]) func aHeaderThatWouldBreakTheRequestIsRefused(_ name: String, _ value: String) async throws {
        let client = try makeClient()
        let request = HTTPClient.Request(
            .get, Self.nobody, headers: HTTPClient.Headers([.init(name: name, value: value)]))
        let error = await failure { try await client.send(request) }
        #expect(error?.code == .invalidRequest)
    }

    @Test(arguments: ["", "GET ", "G\r\nET", "G:T", "CONNECT", "connect", "Ä"])
    func aBadMethodIsRefused(_ name: String) async throws {
        let client = try makeClient()
        let error = await failure { try await client.send(.init(.init(rawValue: name), Self.nobody)) }
        #expect(error?.code == .invalidRequest)
    }

    @Test func harmlessOddHeadersArriveAsTheyAre() async throws {
        let server = RudeServer { connection in
            connection.answer("200 OK", connection.readRequest()?.head ?? "")
        }
        let headers: HTTPClient.Headers = [
            "X-Tab": "a\tb", "X-Text": "größe \"quoted\"; x=y", "x-lower": ":", "User-Agent": "mine", "Accept": "a/b",
        ]
        let text = try await makeClient().send(.init(.get, server.url(), headers: headers)).text
        for field in headers.fields { #expect(text.contains("\r\n\(field.name): \(field.value)")) }
        #expect(text.ranges(of: "User-Agent").count == 1)
        #expect(text.ranges(of: "Accept").count == 1)
    }

    @Test func aSocketPathThatCannotBeOneIsRefused() async throws {
        let client = try makeClient()
        for path in ["", "/a\0b", String(repeating: "a", count: 108)] {
            var request = HTTPClient.Request(.get, Self.nobody)
            request.unixSocketPath = path
            #expect(await failure { try await client.send(request) }?.code == .invalidRequest)
        }
    }

    @Test func nobodyListeningIsSaid() async throws {
        let client = try makeClient()
        let error = await failure { try await client.send(.init(.post, Self.nobody + "?key=secret", body: .text("x"))) }
        #expect(error?.code == .refused)
        #expect(error?.host == "127.0.0.1:1")
        #expect(error?.curlCode == 7)
        #expect(error?.mayHaveBeenSent == false)
        #expect(error?.description.contains("secret") == false)
        var request = HTTPClient.Request(.get, "http://service.invalid/")
        request.unixSocketPath = "/nowhere/socket"
        let missing = await failure { try await client.send(request) }
        #expect(missing?.code == .refused)
        #expect(missing?.host == "/nowhere/socket")
    }

    @Test func aNameWithoutAnAddressIsSaid() async throws {
        let client = try makeClient()
        let error = await failure { try await client.send(.init(.get, "http://nobody.invalid/")) }
        #expect(error?.code == .unresolvedHost || error?.code == .timedOutConnecting, "\(String(describing: error))")
        #expect(error?.host == "nobody.invalid:80")
    }

    @Test func aConfigurationThatCannotWorkIsRefused() throws {
        let changes: [(inout HTTPClient.Configuration) -> Void] = [
            { $0.connectionsMax = 0 }, { $0.connectionsPerHostMax = -1 }, { $0.waitingMax = -1 },
            { $0.bufferedBytesMax = -1 }, { $0.headerBytesMax = 0 }, { $0.userAgent = "a\r\nb" },
        ]
        for change in changes {
            let error = #expect(throws: HTTPClientError.self) { _ = try makeClient(metrics: .init(), change) }
            #expect(error?.code == .invalidConfiguration)
        }
    }
}
