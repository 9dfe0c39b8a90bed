import Synchronization
import TestSupport
import Testing

@testable import HTTPClient

@Suite("Streaming") struct StreamingTests {
    @Test func chunksArriveWhileTheServerIsStillSpeaking() async throws {
        let hasFirst = Gate()
        defer { hasFirst.open() }
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n5\r\nfirst\r\n")
            hasFirst.wait()
            connection.send("6\r\nsecond\r\n0\r\n\r\n")
        }
        let answer = try await makeClient().stream(.init(.get, server.url()))
        #expect(answer.status == 200)
        #expect(answer.headers["x-a"] == "b")
        var iterator = answer.body.makeAsyncIterator()
        #expect(try await iterator.next() == Array("first".utf8))
        hasFirst.open()
        #expect(try await iterator.next() == Array("second".utf8))
        #expect(try await iterator.next() == nil)
        #expect(try await iterator.next() == nil)
    }

    @Test func aSlowReaderMakesTheServerWait() async throws {
        let sent = Atomic<Int>(0)
        let total = 64 << 20
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let chunk = [UInt8](repeating: 7, count: 64 << 10)
            while sent.load(ordering: .relaxed) < total, connection.send(chunk) {
                sent.wrappingAdd(chunk.count, ordering: .relaxed)
            }
        }
        let client = try makeClient()
        let answer = try await client.stream(.init(.get, server.url()))
        // The socket's own buffers take some megabytes; then the server stands still until somebody reads.
        try await eventually(within: .seconds(30), "the server is held back") {
            let before = sent.load(ordering: .relaxed)
            for _ in 0..<20 { _ = await client.census() }
            return before > 0 && sent.load(ordering: .relaxed) == before
        }
        #expect(sent.load(ordering: .relaxed) < total / 2)
        var count = 0
        for try await chunk in answer.body { count += chunk.count }
        #expect(count == total)
    }

    @Test func lettingGoOfABodyEndsItsTransfer() async throws {
        let server = endlessServer()
        let client = try makeClient()
        var answer: HTTPClient.StreamedResponse? = try await client.stream(.init(.get, server.url()))
        #expect(answer?.status == 200)
        #expect(await client.census()?.underWay == 1)
        answer = nil
        try await eventually(within: .seconds(30), "the transfer is gone") { await client.census()?.underWay == 0 }
        try await eventually(within: .seconds(30), "the connection is closed") { server.open == 0 }
    }

    @Test func leavingTheLoopEarlyEndsTheTransfer() async throws {
        let server = endlessServer()
        let client = try makeClient()
        var seen = 0
        do {
            let answer = try await client.stream(.init(.get, server.url()))
            for try await chunk in answer.body {
                seen += chunk.count
                break
            }
        }
        #expect(seen > 0)
        try await eventually(within: .seconds(30), "the connection is closed") { server.open == 0 }
    }

    @Test func aStreamOutlivesTheClientsLastOtherOwner() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.answer("200 OK", "still here")
        }
        var client: HTTPClient? = try makeClient()
        let answer = try #require(try await client?.stream(.init(.get, server.url())))
        client = nil
        #expect(try await answer.body.collect(bytesMax: 100) == Array("still here".utf8))
    }

    @Test(arguments: [nil, 300_000]) func aStreamedBodyArrivesInOrder(_ length: Int?) async throws {
        let seen = Collected<RudeConnection.Request>()
        let server = RudeServer { connection in
            guard let request = connection.readRequest() else { return }
            seen.add(request)
            connection.answer()
        }
        let chunks = AsyncStream<[UInt8]> { continuation in
            for number in 0..<300 { continuation.yield([UInt8](repeating: UInt8(number % 256), count: 1_000)) }
            continuation.yield([])
            continuation.finish()
        }
        _ = try await makeClient().send(.init(.post, server.url(), body: .stream(chunks, length: length)))
        let request = try #require(seen.all.first)
        #expect(request.body == (0..<300).flatMap { [UInt8](repeating: UInt8($0 % 256), count: 1_000) })
        #expect(request.header("Content-Length") == length.map(String.init))
        #expect(request.header("Transfer-Encoding") == (length == nil ? "chunked" : nil))
    }

    @Test func chunksAreMadeOnlyAsTheyGoOut() async throws {
        let made = Atomic<Int>(0)
        let mayRead = Gate()
        defer { mayRead.open() }
        let server = RudeServer { connection in
            _ = connection.readHead()
            mayRead.wait()
            _ = connection.readChunks()
            connection.answer()
        }
        let chunks = Counted(count: 1_000, made: { made.wrappingAdd(1, ordering: .relaxed) })
        let client = try makeClient()
        async let answer = client.send(.init(.put, server.url(), body: .stream(chunks)))
        try await eventually(within: .seconds(30), "the maker is held back") {
            let before = made.load(ordering: .relaxed)
            for _ in 0..<20 { _ = await client.census() }
            return before > 0 && made.load(ordering: .relaxed) == before
        }
        #expect(made.load(ordering: .relaxed) < 500)
        mayRead.open()
        #expect(try await answer.status == 200)
        #expect(made.load(ordering: .relaxed) == 1_000)
    }

    @Test func aBodyThatIsLongerShorterOrBrokenFailsTheRequest() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.drain()
        }
        let client = try makeClient()
        for length in [2, 4] {
            let chunks = AsyncStream<[UInt8]> { continuation in
                continuation.yield([1, 2, 3])
                continuation.finish()
            }
            let error = await failure {
                try await client.send(.init(.put, server.url(), body: .stream(chunks, length: length)))
            }
            #expect(error?.code == .bodyFailed)
            #expect(error?.description.contains("announced \(length) bytes") == true)
        }
        struct Torn: Error {}
        let torn = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield([1, 2, 3])
            continuation.finish(throwing: Torn())
        }
        let error = await failure { try await client.send(.init(.put, server.url(), body: .stream(torn))) }
        #expect(error?.code == .bodyFailed)
        #expect(error?.cause is Torn)
        try await eventually(within: .seconds(30), "nothing is left") { await client.census()?.underWay == 0 }
    }

    @Test func anEarlyRefusalEndsAnUploadThatWaitsForItsMaker() async throws {
        let server = RudeServer { connection in
            _ = connection.readHead()
            connection.answer("413 Content Too Large", "no")
            connection.drain()
        }
        // The maker never makes anything.
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        let answer = try await makeClient().send(.init(.put, server.url(), body: .stream(chunks)))
        #expect(answer.status == 413)
        #expect(answer.text == "no")
        try await eventually(within: .seconds(30), "the maker is told to stop") {
            if case .terminated = continuation.yield([1]) { true } else { false }
        }
    }

    @Test func anAnswerCanBeReadWhileTheRequestIsStillSent() async throws {
        let server = RudeServer { connection in
            _ = connection.readHead()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while let size = Int(connection.readLine(), radix: 16), size > 0 {
                let chunk = String(decoding: connection.readExactly(size), as: UTF8.self)
                _ = connection.readLine()
                connection.send("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n")
            }
            _ = connection.readLine()
            connection.send("0\r\n\r\n")
        }
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        let answer = try await makeClient().stream(.init(.post, server.url(), body: .stream(chunks)))
        var iterator = answer.body.makeAsyncIterator()
        for word in ["one", "two", "three"] {
            continuation.yield(Array(word.utf8))
            #expect(try await iterator.next() == Array(word.utf8))
        }
        continuation.finish()
        #expect(try await iterator.next() == nil)
    }

    @Test func theBodyWaitsForTheServersConsent() async throws {
        let server = RudeServer { connection in
            guard let request = connection.readHead(), request.header("Expect") == "100-continue" else { return }
            #expect(!connection.isReadable, "the body came unasked")
            connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            let body = connection.readExactly(request.header("Content-Length").flatMap { Int($0) } ?? 0)
            connection.answer("200 OK", String(decoding: body, as: UTF8.self))
        }
        #expect(try await makeClient().send(consenting(server)).text == "agreed")
    }

    @Test func aRefusalInsteadOfConsentIsTheAnswer() async throws {
        let server = RudeServer { connection in
            _ = connection.readHead()
            connection.answer("403 Forbidden", "no")
            #expect(connection.read(100).isEmpty, "the body came all the same")
        }
        #expect(try await makeClient().send(consenting(server)).status == 403)
        try await eventually(within: .seconds(30), "the connection is not used again") { server.open == 0 }
    }

    @Test func aServerThatDislikesTheQuestionIsNotAskedForEver() async throws {
        let asked = Atomic<Int>(0)
        let server = RudeServer { connection in
            while connection.readHead() != nil {
                asked.wrappingAdd(1, ordering: .relaxed)
                connection.answer("417 Expectation Failed", "no")
            }
        }
        #expect(try await makeClient().send(consenting(server)).status == 417)
        #expect(asked.load(ordering: .relaxed) <= 2)
    }

    @Test func aServerThatKnowsNoConsentGetsTheBodyAllTheSame() async throws {
        let server = RudeServer { connection in
            connection.answer("200 OK", String(decoding: connection.readRequest()?.body ?? [], as: UTF8.self))
        }
        #expect(try await makeClient().send(consenting(server)).text == "agreed")
    }

    private func consenting(_ server: RudeServer) -> HTTPClient.Request {
        var request = HTTPClient.Request(.put, server.url(), body: .text("agreed"))
        request.waitsForContinue = true
        return request
    }

    private func endlessServer() -> RudeServer {
        RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send([UInt8](repeating: 7, count: 64 << 10)) {}
        }
    }
}

/// Chunks of 64 KiB that say when they are made.
private struct Counted: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = Never

    let count: Int
    let made: @Sendable () -> Void

    struct Iterator: AsyncIteratorProtocol {
        var left: Int
        let made: @Sendable () -> Void

        mutating func next() async -> [UInt8]? {
            guard left > 0 else { return nil }
            left -= 1
            made()
            return [UInt8](repeating: 7, count: 64 << 10)
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(left: count, made: made) }
}
