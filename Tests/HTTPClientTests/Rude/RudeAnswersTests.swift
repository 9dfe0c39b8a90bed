import TestSupport
import Testing

@testable import HTTPClient

/// What a server may do wrong, and what the client makes of it. Nothing here may hang or crash.
@Suite("Rude answers") struct RudeAnswersTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// The codes it may end with; none means that it is answered.
        let codes: [HTTPClientError.Code]
        /// Sent after the request was read; then the connection is closed.
        var bytes = ""
        var isReset = false

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "closes without a word", codes: [.connectionLost]),
        Case(name: "resets without a word", codes: [.connectionLost], isReset: true),
        Case(name: "closes after half a status line", codes: [.brokenResponse, .connectionLost], bytes: "HTTP/1.1 2"),
        Case(name: "closes after the status line", codes: [.connectionLost], bytes: "HTTP/1.1 200 OK\r\n"),
        Case(
            name: "closes within the headers", codes: [.connectionLost],
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"),
        Case(name: "speaks garbage", codes: [.brokenResponse], bytes: "garbage\r\n\r\nmore garbage"),
        Case(name: "speaks binary garbage", codes: [.brokenResponse], bytes: "\u{0}\u{1}\u{2}\r\n\r\n"),
        Case(name: "speaks another protocol", codes: [.brokenResponse], bytes: "SSH-2.0-OpenSSH_9.2\r\n"),
        Case(name: "speaks HTTP/7", codes: [.brokenResponse], bytes: "HTTP/7.1 200 OK\r\n\r\n"),
        Case(name: "has a status of no number", codes: [.brokenResponse], bytes: "HTTP/1.1 abc OK\r\n\r\n"),
        Case(name: "has a status of 99", codes: [.brokenResponse], bytes: "HTTP/1.1 099 OK\r\n\r\n"),
        Case(
            name: "promises more than it sends", codes: [.connectionLost],
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        Case(
            name: "has a negative length", codes: [.brokenResponse],
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"),
        Case(
            name: "has a length of no number", codes: [.brokenResponse],
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nabc"),
        Case(
            name: "has two lengths that differ", codes: [.brokenResponse],
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc"),
        Case(
            name: "has chunks without a size", codes: [.brokenResponse],
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n"),
        Case(
            name: "has a chunk that is too short", codes: [.connectionLost],
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"),
        Case(
            name: "never ends its chunks", codes: [.connectionLost],
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        Case(
            name: "resets within the body", codes: [.connectionLost],
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", isReset: true),
        Case(
            name: "has a NUL in a header", codes: [.brokenResponse],
            bytes: "HTTP/1.1 200 OK\r\nX-A: a\u{0}b\r\nContent-Length: 0\r\n\r\n"),
        Case(
            name: "only ever continues", codes: [.connectionLost],
            bytes: String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 5)),
        Case(
            name: "sends a length and closes early on an interim answer", codes: [.connectionLost],
            bytes: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        Case(
            name: "says 100 unasked, then answers", codes: [],
            bytes: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"),
        Case(
            name: "hints early, then answers", codes: [],
            bytes: "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"),
        Case(
            name: "says more than it promised", codes: [],
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefg"),
        Case(name: "ends its body by closing", codes: [], bytes: "HTTP/1.1 200 OK\r\n\r\nabc"),
        Case(name: "speaks HTTP/1.0", codes: [], bytes: "HTTP/1.0 200 OK\r\n\r\nabc"),
        Case(name: "has lines that end with LF only", codes: [], bytes: "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc"),
        Case(name: "has no reason phrase", codes: [], bytes: "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc"),
        Case(
            name: "has trailers", codes: [],
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Early: 1\r\n\r\n"),
    ]

    private func server(_ rude: Case) -> RudeServer {
        RudeServer { connection in
            _ = connection.readRequest()
            connection.send(rude.bytes)
            if rude.isReset { connection.makeCloseAReset() }
        }
    }

    @Test(arguments: cases) func aBufferedAnswerEndsAsExpected(_ rude: Case) async throws {
        let server = server(rude)
        let client = try makeClient()
        guard rude.codes.isEmpty else {
            let error = await failure { try await client.send(.init(.post, server.url("/?secret"), body: .text("x"))) }
            #expect(error.map { rude.codes.contains($0.code) } == true, "\(error.map(\.description) ?? "")")
            #expect(error?.mayHaveBeenSent == true)
            #expect(error?.description.contains("secret") == false)
            return
        }
        let answer = try await client.send(.init(.get, server.url()))
        #expect(answer.status == 200)
        #expect(answer.text == "abc")
        #expect(answer.headers["X-Early"] == nil)
    }

    @Test(arguments: cases) func aStreamedAnswerEndsAsExpected(_ rude: Case) async throws {
        let server = server(rude)
        let client = try makeClient()
        let read = { try await client.stream(.init(.get, server.url())).body.collect(bytesMax: 100) }
        if rude.codes.isEmpty {
            #expect(try await read() == Array("abc".utf8))
        } else {
            let error = await failure(of: read)
            #expect(error.map { rude.codes.contains($0.code) } == true, "\(error.map(\.description) ?? "")")
        }
    }

    @Test func mutatedAnswersNeitherCrashNorHang() async throws {
        let valid = Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc".utf8)
        let chunked = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
        let server = RudeServer { connection in
            guard let request = connection.readRequest() else { return }
            var random = SeededRandom(seed: UInt64(request.header("X-Seed") ?? "") ?? 0)
            var bytes = Bool.random(using: &random) ? valid : chunked
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
                }
            }
            connection.send(bytes)
        }
        let client = try makeClient()
        try await withThrowingTaskGroup { group in
            for seed in 0..<500 {
                group.addTask {
                    do {
                        _ = try await client.send(.init(.post, server.url(), headers: ["X-Seed": "\(seed)"]))
                    } catch let error as HTTPClientError {
                        let expected: [HTTPClientError.Code] = [.brokenResponse, .connectionLost, .tooLarge]
                        #expect(expected.contains(error.code), "seed \(seed): \(error)")
                    }
                }
            }
            try await group.waitForAll()
        }
        let census = await client.census()
        #expect(census?.underWay == 0)
    }

    @Test func aKeptConnectionThatDiedIsReplacedOnlyWhenRepeatingIsHarmless() async throws {
        // The first request of each connection is answered; the second is read, and the connection closed.
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.answer("200 OK", "\(connection.index)")
            _ = connection.readRequest()
        }
        let client = try makeClient()
        #expect(try await client.send(.init(.get, server.url())).text == "0")
        #expect(try await client.send(.init(.get, server.url())).text == "1", "asked again on a new connection")
        for body in [HTTPClient.Body.none, .text("x")] {
            let error = await failure { try await client.send(.init(.post, server.url(), body: body)) }
            #expect(error?.code == .connectionLost)
            #expect(error?.mayHaveBeenSent == true)
            #expect(try await client.send(.init(.get, server.url())).status == 200)
        }
        var request = HTTPClient.Request(.post, server.url(), body: .text("x"))
        request.mayRepeat = true
        #expect(try await client.send(request).status == 200)
    }
}
