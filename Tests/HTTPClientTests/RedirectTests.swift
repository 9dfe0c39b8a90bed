import TestSupport
import Testing

@testable import HTTPClient

@Suite("Redirects") struct RedirectTests {
    /// Redirects with the status and target that the path names: `/302/http://…`; anything else is answered with the
    /// request's own head and body.
    private func server(_ seen: Collected<RudeConnection.Request>) -> RudeServer {
        RudeServer { connection in
            while let request = connection.readRequest() {
                seen.add(request)
                let target = request.line.split(separator: " ")[1].dropFirst()
                let parts = target.split(separator: "~", maxSplits: 1)
                if parts.count == 2 {
                    connection.answer("\(parts[0]) Moved", "ignored", headers: "Location: \(parts[1])\r\n")
                } else {
                    connection.answer("200 OK", String(target))
                }
            }
        }
    }

    @Test func aRedirectIsTheAnswerUnlessAskedFor() async throws {
        let seen = Collected<RudeConnection.Request>()
        let server = server(seen)
        let answer = try await makeClient().send(.init(.get, server.url("/302~/there")))
        #expect(answer.status == 302)
        #expect(answer.headers["location"] == "/there")
        #expect(answer.text == "ignored")
        #expect(seen.all.count == 1)
    }

    @Test func asManyAreFollowedAsAreAllowed() async throws {
        let server = server(Collected())
        var request = HTTPClient.Request(.get, server.url("/301~/302~/307~there?a=b"))
        let client = try makeClient()
        request.redirectsMax = 3
        #expect(try await client.send(request).text == "there?a=b")
        let streamed = try await client.stream(request)
        #expect(try await streamed.body.collect(bytesMax: 100) == Array("there?a=b".utf8))
        request.redirectsMax = 2
        let answer = try await client.send(request)
        #expect(answer.status == 307)
        try await eventually(within: .seconds(30), "nothing is left") { await client.census()?.underWay == 0 }
    }

    @Test(arguments: [
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (303, "PUT", "GET"), (307, "POST", "POST"),
        (308, "PUT", "PUT"), (302, "PUT", "PUT"), (303, "HEAD", "HEAD"),
    ]) func theMethodChangesAsBrowsersDo(_ status: Int, _ before: String, _ after: String) async throws {
        let seen = Collected<RudeConnection.Request>()
        let server = server(seen)
        var request = HTTPClient.Request(.init(rawValue: before), server.url("/\(status)~/there"))
        if before != "HEAD" { request.body = .text("body") }
        request.headers["Content-Type"] = "text/plain"
        request.redirectsMax = 1
        _ = try? await makeClient().send(request)
        let last = try #require(seen.all.last)
        #expect(last.line == "\(after) /there HTTP/1.1")
        let keeps = before == after && before != "HEAD"
        #expect(String(decoding: last.body, as: UTF8.self) == (keeps ? "body" : ""))
    }

    @Test func anotherOriginGetsNoSecrets() async throws {
        let (seenThere, seenHere) = (Collected<RudeConnection.Request>(), Collected<RudeConnection.Request>())
        let (there, here) = (server(seenThere), server(seenHere))
        var request = HTTPClient.Request(.get, here.url("/302~\(there.url("/x"))"))
        request.headers = [
            "Authorization": "Bearer secret", "X-Api-Key": "secret", "Cookie": "secret", "Accept": "a/b",
        ]
        request.redirectsMax = 5
        #expect(try await makeClient().send(request).status == 200)
        #expect(seenHere.all.first?.header("X-Api-Key") == "secret")
        #expect(seenThere.all.first?.head.contains("secret") == false)
        #expect(seenThere.all.first?.header("Accept") == "a/b")
        request.url = here.url("/302~/same")
        #expect(try await makeClient().send(request).status == 200)
        #expect(seenHere.all.last?.header("Authorization") == "Bearer secret")
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://x/", "http://a b/", "http://user:pass@127.0.0.1/"])
    func aTargetThatIsNoneIsNotFollowed(_ target: String) async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.answer("302 Found", headers: "Location: \(target)\r\n")
        }
        var request = HTTPClient.Request(.get, server.url())
        request.redirectsMax = 1
        let client = try makeClient()
        let error = await failure { try await client.send(request) }
        #expect(error?.code == .brokenResponse)
        #expect(error?.description.contains("pass") == false)
    }

    @Test func aBodyThatIsUsedUpIsNotSentAgain() async throws {
        let server = server(Collected())
        let chunks = AsyncStream<[UInt8]> { continuation in
            continuation.yield([1])
            continuation.finish()
        }
        var request = HTTPClient.Request(.put, server.url("/307~/there"), body: .stream(chunks))
        request.redirectsMax = 1
        #expect(try await makeClient().send(request).status == 307)
    }

    @Test func theTimeForAllOfThemIsOne() async throws {
        let server = RudeServer { connection in
            while connection.readRequest() != nil {
                guard !connection.isAbandoned(withinMilliseconds: 40) else { return }
                connection.answer("302 Found", headers: "Location: /again\r\n")
            }
        }
        var request = HTTPClient.Request(.get, server.url())
        request.redirectsMax = 1_000
        request.timeouts = HTTPClient.Timeouts()
        request.timeouts?.total = .milliseconds(300)
        let client = try makeClient()
        #expect(await failure { try await client.send(request) }?.code == .timedOutInTotal)
    }
}
