import TestSupport
import Testing

@testable import HTTPClient

@Suite("Limits") struct LimitTests {
    @Test func aHeaderThatNeverEndsIsCutOff() async throws {
        let beginnings = [
            "one line": "HTTP/1.1 200 OK\r\nX-A: ", "many lines": "HTTP/1.1 200 OK\r\n",
            "many interim answers": "", "trailers": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ]
        for (name, beginning) in beginnings {
            let line =
                name == "one line" ? "aaaaaaaa" : name == "many interim answers" ? "HTTP/1.1 103 A\r\n\r\n" : "X: y\r\n"
            let server = RudeServer { connection in
                _ = connection.readRequest()
                connection.send(beginning)
                while connection.send(String(repeating: line, count: 100)) {}
            }
            let client = try makeClient()
            let error = await failure { try await client.send(.init(.get, server.url())) }
            #expect(error?.code == .tooLarge, "\(name): \(String(describing: error))")
        }
    }

    @Test func aBodyThatNeverEndsIsCutOff() async throws {
        for beginning in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] {
            let server = RudeServer { connection in
                _ = connection.readRequest()
                connection.send(beginning)
                while connection.send("400\r\n\(String(repeating: "a", count: 1_024))\r\n") {}
            }
            let client = try makeClient { $0.bufferedBytesMax = 1_000_000 }
            let error = await failure { try await client.send(.init(.get, server.url("/?secret"))) }
            #expect(error?.code == .tooLarge)
            #expect(error?.description.contains("1000000 bytes") == true)
            try await eventually(within: .seconds(30), "the connection is closed") { server.open == 0 }
        }
    }

    @Test func anAnswerThatAnnouncesTooMuchIsRefusedBeforeItArrives() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n")
            connection.drain()
        }
        var request = HTTPClient.Request(.get, server.url())
        request.responseBytesMax = 100
        let client = try makeClient()
        let buffered = await failure { try await client.send(request) }
        let streamed = await failure { try await client.stream(request) }
        #expect(buffered?.code == .tooLarge)
        #expect(streamed?.code == .tooLarge)
    }

    @Test func anAnswerOfExactlyTheLimitIsTaken() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.answer("200 OK", String(repeating: "a", count: 100))
        }
        var request = HTTPClient.Request(.get, server.url())
        request.responseBytesMax = 100
        #expect(try await makeClient().send(request).body.count == 100)
    }

    @Test func aStreamIsCutOffAtItsOwnLimitAfterWhatFits() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send(String(repeating: "a", count: 1_000)) {}
        }
        let client = try makeClient { $0.streamedBytesMax = 2_000_000 }
        let answer = try await client.stream(.init(.get, server.url()))
        var count = 0
        let error = await failure { for try await chunk in answer.body { count += chunk.count } }
        #expect(error?.code == .tooLarge)
        #expect(count <= 2_000_000)
        let another = try await client.stream(.init(.get, server.url()))
        let refused = await failure { try await another.body.collect(bytesMax: 5_000) }
        #expect(refused?.code == .tooLarge)
        try await eventually(within: .seconds(30), "the connections are closed") { server.open == 0 }
    }

    @Test func aPackedAnswerIsUnpackedOnlyWhenAskedFor() async throws {
        let packed = Packed.hundredBytes
        let server = RudeServer { connection in
            let request = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n")
            connection.send("X-Accepted: \(request?.header("Accept-Encoding") ?? "none")\r\n\r\n")
            connection.send(packed)
        }
        let client = try makeClient()
        var request = HTTPClient.Request(.get, server.url())
        let asItIs = try await client.send(request)
        #expect(asItIs.body == packed)
        #expect(asItIs.headers["X-Accepted"] == "none")
        request.decompresses = true
        let unpacked = try await client.send(request)
        #expect(unpacked.body == [UInt8](repeating: UInt8(ascii: "a"), count: 100))
        #expect(unpacked.headers["X-Accepted"]?.contains("gzip") == true)
    }

    @Test func aBombIsCutOffWhenItHasGrownToTheLimit() async throws {
        let bomb = Packed.bomb
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: \(bomb.count)\r\n\r\n")
            connection.send(bomb)
            connection.drain()
        }
        #expect(bomb.count < 100_000)
        var request = HTTPClient.Request(.get, server.url())
        request.decompresses = true
        request.responseBytesMax = 1_000_000
        let client = try makeClient()
        let error = await failure { try await client.send(request) }
        #expect(error?.code == .tooLarge)
        // A reader who pauses in the middle of one that is allowed still gets all of it.
        request.responseBytesMax = 100 << 20
        let answer = try await client.stream(request)
        var count = 0
        for try await chunk in answer.body { count += chunk.count }
        #expect(count == Packed.bombBytes)
    }

    @Test func aBrokenPackingIsABrokenAnswer() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.answer("200 OK", "this is not gzip", headers: "Content-Encoding: gzip\r\n")
        }
        var request = HTTPClient.Request(.get, server.url())
        request.decompresses = true
        let client = try makeClient()
        let error = await failure { try await client.send(request) }
        #expect(error?.code == .brokenResponse)
    }

    @Test func moreThanMayWaitAreRefusedAtOnce() async throws {
        let server = RudeServer { $0.drain() }
        let client = try makeClient {
            $0.connectionsPerHostMax = 1
            $0.waitingMax = 2
        }
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 { group.addTask { _ = try await client.send(.init(.get, server.url())) } }
            try await eventually(within: .seconds(30), "one is under way and two wait") {
                await client.census()?.waiting == 2
            }
            let error = await failure { try await client.send(.init(.get, server.url())) }
            #expect(error?.code == .overloaded)
            #expect(error?.mayHaveBeenSent == false)
            group.cancelAll()
            while let result = await group.nextResult() {
                #expect(throws: HTTPClientError.self) { try result.get() }
            }
        }
    }
}
