import System
import TestSupport
import Testing

@Suite struct RawHTTPTests {
    private func ask(
        _ answer: String, method: String = "GET", closes: Bool = true, patience: Duration = .seconds(10)
    ) async throws -> RawResponse {
        let server = try ScriptedServer { _ in .init(bytes: answer, closes: closes) }
        let connection = try RawHTTP(.tcp(port: server.port), patience: patience)
        try await connection.send("\(method) / HTTP/1.1\r\nHost: test\r\n\r\n")
        return try await connection.response(to: method)
    }

    @Test func aBodyOfKnownLengthIsRead() async throws {
        let response = try await ask(
            "HTTP/1.1 200 Very OK\r\nContent-Length: 5\r\nX-A:  one\t \r\nx-a: two\r\n\r\nhello")
        #expect(response.status == 200 && response.reason == "Very OK")
        #expect(response.text == "hello")
        #expect(response["X-a"] == "one" && response.values(of: "X-A") == ["one", "two"])
    }

    @Test func aChunkedBodyIsReadUpToItsEnd() async throws {
        let response = try await ask(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n",
            closes: false)
        #expect(response.text == "abc0123456789")
    }

    @Test func withoutALengthTheBodyLastsUntilTheServerCloses() async throws {
        let response = try await ask("HTTP/1.1 200 OK\r\n\r\nto the end")
        #expect(response.text == "to the end")
    }

    @Test(arguments: [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")])
    func answersWithoutABodyAreWholeAfterTheirHead(_ method: String, _ status: String) async throws {
        let response = try await ask("HTTP/1.1 \(status)\r\nContent-Length: 10\r\n\r\n", method: method, closes: false)
        #expect(response.body.isEmpty)
    }

    @Test func interimAnswersArePassedOver() async throws {
        let answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
        #expect(try await ask(answer).status == 201)
    }

    @Test func severalAnswersComeOverOneConnection() async throws {
        let one = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"
        let two = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
        let server = try ScriptedServer { _ in .init(bytes: one + two) }
        let connection = try RawHTTP(.tcp(port: server.port))
        try await connection.send("GET / HTTP/1.1\r\n\r\n")
        #expect(try await connection.response().text == "one")
        #expect(try await connection.response().text == "two")
        #expect(await connection.closes())
    }

    @Test(arguments: [
        "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "HTTP/1.1 200 OK\r\n: c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \u{1}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    ])
    func aMalformedAnswerIsAnError(_ answer: String) async throws {
        let error = await #expect(throws: RawHTTPError.self) { try await ask(answer) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
    func anAnswerCutOffIsAnError(_ answer: String) async throws {
        let error = await #expect(throws: RawHTTPError.self) { try await ask(answer) }
        guard case .ended = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aServerThatSaysNothingIsGivenUp() async throws {
        let error = await #expect(throws: RawHTTPError.self) {
            try await ask("HTTP/1.1 200 OK\r\n", closes: false, patience: .milliseconds(50))
        }
        guard case .timedOut = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func nobodyListeningIsSaidSo() async throws {
        // Port 1 of the loopback: nothing is there unless somebody means it.
        let error = #expect(throws: SystemError.self) { try RawHTTP(.tcp(port: 1)) }
        #expect(error?.description == "connect 127.0.0.1:1: Connection refused")
        #expect(throws: SystemError.self) { try RawHTTP(.tcp(host: "not an address", port: 1)) }
        #expect(throws: SystemError.self) { try RawHTTP(.unix(path: "/no/such.socket")) }
        #expect(throws: SystemError.self) { try RawHTTP(.unix(path: String(repeating: "x", count: 200))) }
    }
}

@Suite struct ScenarioTableTests {
    @Test func onlyRowsThatFailAreReportedEachWithItsRole() async throws {
        let server = try ScriptedServer { request in
            let status = request.contains("Key: a") ? "200 OK" : "401 Unauthorized"
            return .init(bytes: "HTTP/1.1 \(status)\r\nX-Kind: k\r\nContent-Length: 6\r\n\r\nsecret")
        }
        let table = ScenarioTable(
            address: .tcp(port: server.port), headers: [.admin: ["Key": "a"], .viewer: ["Key": "v"]])
        let failures = await table.failures([
            Scenario("all is well", "GET /a", expect: .admins(.init(200, contains: "secret"), others: 401)),
            Scenario("guests see nothing", "GET /b", expect: [.guest: .init(401, lacks: ["secret"])]),
            Scenario(
                "all is wrong", "PUT /c", headers: [("X", "y")], body: "{}",
                expect: [.admin: .init(201, contains: "gold", headers: ["X-Kind": "l"]), .viewer: 401]),
        ])
        #expect(
            failures == [
                #"guests see nothing [GET /b as guest]: shows "secret"; got "secret""#,
                #"all is wrong [PUT /c as admin]: status 200 instead of 201, no "gold", X-Kind is k instead of l; got "secret""#,
            ])
        let last = try #require(server.requests.last)
        #expect(last.hasPrefix("PUT /c HTTP/1.1\r\n") && last.contains("X: y\r\n") && last.hasSuffix("\r\n\r\n{}"))
        #expect(last.contains("Content-Type: application/json\r\n") && last.contains("Content-Length: 2\r\n"))
    }

    @Test func aRowThatCannotBeAskedFailsAndTheOthersGoOn() async throws {
        struct Broken: Error {}
        let server = try ScriptedServer { _ in .init(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let failures = await ScenarioTable(address: .tcp(port: server.port), headers: [:]).failures([
            Scenario("unprepared", "GET /", expect: [.guest: 200]) { _ in throw Broken() },
            Scenario("fine", "GET /", expect: .everyone(200)),
        ])
        #expect(failures == ["unprepared [GET / as guest]: Broken()"])
        #expect(server.requests.count == 4)
    }
}
