import HTTPClient
import System
import TestSupport
import Testing

@Suite("Asking") struct AskingTests {
    @Test func anAnswerHasItsStatusHeadersAndBody() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.answer("201 Created", "hello", headers: "X-A: 1\r\nx-a: 2\r\nX-Folded: a\r\n  b\r\n")
        }
        let answer = try await makeClient().send(.init(.get, server.url("/a?b=c")))
        #expect(answer.status == 201)
        #expect(answer.text == "hello")
        #expect(answer.headers["x-A"] == "1")
        #expect(answer.headers.all("X-a") == ["1", "2"])
        #expect(answer.headers["X-Folded"] == "a b")
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
    func everyMethodArrivesAsItIsWritten(_ name: String) async throws {
        let seen = Collected<String>()
        let server = RudeServer { connection in
            guard let request = connection.readRequest() else { return }
            seen.add(request.line)
            seen.add(request.header("Content-Length") ?? "none")
            connection.answer("200 OK", name == "HEAD" ? "" : "x")
        }
        let answer = try await makeClient().send(.init(.init(rawValue: name), server.url("/a/../b%2F?q")))
        #expect(answer.status == 200)
        #expect(seen.all == ["\(name) /a/../b%2F?q HTTP/1.1", ["POST", "PUT", "PATCH"].contains(name) ? "0" : "none"])
    }

    @Test(arguments: ["GET", "POST", "PUT", "DELETE"])
    func bytesArriveWithTheirLengthAndNoInventedType(_ name: String) async throws {
        let seen = Collected<RudeConnection.Request>()
        let server = RudeServer { connection in
            guard let request = connection.readRequest() else { return }
            seen.add(request)
            connection.answer()
        }
        let body = pattern(count: 3_000_000)
        _ = try await makeClient().send(.init(.init(rawValue: name), server.url(), body: .bytes(body)))
        let request = try #require(seen.all.first)
        #expect(request.body == body)
        #expect(request.line.hasPrefix("\(name) "))
        #expect(request.header("Content-Type") == nil)
        #expect(request.header("Expect") == nil)
        #expect(request.header("User-Agent") == "life-os")
    }

    @Test func aFileArrivesWhole() async throws {
        let folder = try TemporaryFolder()
        let bytes = pattern(count: 200_000)
        try Files.replace("\(folder.path)/body", with: bytes)
        let seen = Collected<[UInt8]>()
        let server = RudeServer { connection in
            guard let request = connection.readRequest() else { return }
            seen.add(request.body)
            connection.answer()
        }
        _ = try await makeClient().send(.init(.put, server.url(), body: .file("\(folder.path)/body")))
        #expect(seen.all == [bytes])
    }

    @Test func aFileThatIsMissingOrNoneIsRefused() async throws {
        let client = try makeClient()
        for path in ["/nowhere/at-all", "/tmp"] {
            let error = await failure { try await client.send(.init(.put, "http://127.0.0.1:9/", body: .file(path))) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test func aHeadersEmptyValueIsSentAndAskingForLengthsWorks() async throws {
        let seen = Collected<String?>()
        let server = RudeServer { connection in
            let request = connection.readRequest()
            seen.add(request?.header("X-Empty"))
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")
        }
        let answer = try await makeClient().send(.init(.head, server.url(), headers: ["X-Empty": ""]))
        #expect(answer.headers["Content-Length"] == "5000000000")
        #expect(seen.all == [""])
    }

    @Test func requestsToOneServerShareAConnection() async throws {
        let server = RudeServer { connection in
            while let request = connection.readRequest() { connection.answer("200 OK", request.line) }
        }
        let client = try makeClient()
        for number in 1...20 {
            #expect(try await client.send(.init(.get, server.url("/\(number)"))).text == "GET /\(number) HTTP/1.1")
        }
        #expect(server.accepted == 1)
    }

    @Test func aUnixSocketIsAskedInsteadOfTheHost() async throws {
        let folder = try TemporaryFolder()
        let server = RudeServer(unixSocketPath: "\(folder.path)/socket") { connection in
            connection.answer("200 OK", connection.readRequest()?.header("Host") ?? "")
        }
        var request = HTTPClient.Request(.get, "http://service.invalid/x")
        request.unixSocketPath = "\(folder.path)/socket"
        #expect(try await makeClient().send(request).text == "service.invalid")
        #expect(server.accepted == 1)
    }
}
