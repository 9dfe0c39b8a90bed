import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import HTTPClient

@Suite("Ending early") struct EndingTests {
    @Test func aCancelledTaskGetsItsErrorAtOnceAndTheTransferEnds() async throws {
        let server = RudeServer { $0.drain() }
        let client = try makeClient()
        let task = Task { try await client.send(.init(.post, server.url(), body: .text("x"))) }
        try await eventually(within: .seconds(30), "the request is under way") { server.accepted == 1 }
        task.cancel()
        let error = await failure { try await task.value }
        #expect(error?.code == .cancelled)
        try await eventually(within: .seconds(30), "the connection is closed") { server.open == 0 }
        #expect(await client.census() == Census(underWay: 0, waiting: 0, handlesFree: 1, handlesMade: 1))
    }

    @Test func aTaskCancelledBeforehandAsksNobody() async throws {
        let server = RudeServer { $0.drain() }
        let client = try makeClient()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await client.send(.init(.get, server.url()))
        }
        task.cancel()
        #expect(await failure { try await task.value }?.code == .cancelled)
        try await eventually(within: .seconds(30), "nothing is left") { await client.census()?.underWay == 0 }
    }

    @Test func cancellingWhileReadingEndsTheStream() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n\r\nabc")
            connection.drain()
        }
        let client = try makeClient()
        let seen = Collected<[UInt8]>()
        let task = Task {
            for try await chunk in try await client.stream(.init(.get, server.url())).body { seen.add(chunk) }
        }
        try await eventually(within: .seconds(30), "the first bytes are read") { seen.all.count == 1 }
        task.cancel()
        #expect(await failure { try await task.value }?.code == .cancelled)
        try await eventually(within: .seconds(30), "the connection is closed") { server.open == 0 }
    }

    @Test func cancellingEndsTheMakerOfABody() async throws {
        let server = RudeServer { $0.drain() }
        let client = try makeClient()
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        let task = Task { try await client.send(.init(.put, server.url(), body: .stream(chunks))) }
        try await eventually(within: .seconds(30), "the request is under way") { server.accepted == 1 }
        task.cancel()
        #expect(await failure { try await task.value }?.code == .cancelled)
        try await eventually(within: .seconds(30), "the maker is told to stop") {
            if case .terminated = continuation.yield([1]) { true } else { false }
        }
    }

    @Test func shuttingDownFailsEverythingAndWaitsForTheThread() async throws {
        let server = RudeServer { connection in
            if connection.index > 0 { return connection.drain() }
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n\r\nabc")
            connection.drain()
        }
        let client = try makeClient { $0.connectionsPerHostMax = 3 }
        let stream = try await client.stream(.init(.get, server.url()))
        try await withThrowingTaskGroup { group in
            for _ in 0..<10 {
                group.addTask { await failure { try await client.send(.init(.get, server.url())) }?.code }
            }
            try await eventually(within: .seconds(30), "three are under way and eight wait") {
                await client.census() == Census(underWay: 3, waiting: 8, handlesFree: 0, handlesMade: 3)
            }
            async let first: Void = client.shutdown()
            async let second: Void = client.shutdown()
            _ = await (first, second)
            for try await code in group { #expect(code == .shutDown) }
        }
        let rest = await failure { try await stream.body.collect(bytesMax: 100) }
        #expect(rest?.code == .shutDown)
        let later = await failure { try await client.send(.init(.get, server.url())) }
        #expect(later?.code == .shutDown)
        #expect(await client.census() == nil)
        try await eventually(within: .seconds(30), "every connection is closed") { server.open == 0 }
    }

    @Test func lettingGoOfTheClientEndsItsThreadAndConnections() async throws {
        let server = RudeServer { connection in
            while connection.readRequest() != nil { connection.answer() }
        }
        var client: HTTPClient? = try makeClient()
        #expect(try await client?.send(.init(.get, server.url())).status == 200)
        #expect(server.open == 1)
        client = nil
        try await eventually(within: .seconds(30), "the kept connection is closed") { server.open == 0 }
    }

    @Test func clientsCanBeStartedAndStoppedManyTimes() async throws {
        let server = RudeServer { connection in
            while connection.readRequest() != nil { connection.answer() }
        }
        for number in 0..<50 {
            let client = try makeClient()
            if number.isMultiple(of: 2) { #expect(try await client.send(.init(.get, server.url())).status == 200) }
            await client.shutdown()
        }
        try await eventually(within: .seconds(30), "no connection is left") { server.open == 0 }
    }

    @Test func aThousandRequestsShareFewConnections() async throws {
        let open = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let server = RudeServer { connection in
            let now = open.wrappingAdd(1, ordering: .relaxed).newValue
            most.max(now, ordering: .relaxed)
            while let request = connection.readRequest() { connection.answer("200 OK", request.line) }
            open.wrappingSubtract(1, ordering: .relaxed)
        }
        let client = try makeClient { $0.connectionsMax = 8 }
        await withTaskGroup { group in
            for number in 0..<1_000 {
                group.addTask { (number, try? await client.send(.init(.get, server.url("/\(number)"))).text) }
            }
            for await (number, text) in group { #expect(text == "GET /\(number) HTTP/1.1") }
        }
        #expect(most.load(ordering: .relaxed) <= 8)
        #expect(server.accepted == 8)
        #expect(await client.census() == Census(underWay: 0, waiting: 0, handlesFree: 8, handlesMade: 8))
    }

    @Test func aStormOfCancellationsLeavesNothingBehind() async throws {
        let seed: UInt64 = 20_261_121
        let server = RudeServer { connection in
            while let request = connection.readRequest() {
                switch request.header("X-Way") {
                case "answer": connection.answer("200 OK", "fine")
                case "stream":
                    connection.send("HTTP/1.1 200 OK\r\n\r\n")
                    while connection.send([UInt8](repeating: 7, count: 1_000)) {}
                default: connection.drain()
                }
            }
        }
        let metrics = Metrics()
        let client = try makeClient(metrics: metrics) {
            $0.connectionsMax = 16
            $0.connectionsPerHostMax = 16
        }
        var random = SeededRandom(seed: seed)
        await withTaskGroup { group in
            for _ in 0..<600 {
                let way = ["answer", "stream", "silence"].randomElement(using: &random) ?? "answer"
                let patience = Int.random(in: 0..<200, using: &random)
                group.addTask {
                    let request = HTTPClient.Request(.post, server.url(), headers: ["X-Way": way], body: .text("x"))
                    let task = Task {
                        if way == "stream" {
                            for try await _ in try await client.stream(request).body {}
                        } else {
                            _ = try await client.send(request)
                        }
                    }
                    for _ in 0..<patience { await Task.yield() }
                    task.cancel()
                    _ = await task.result
                }
            }
        }
        try await eventually(within: .seconds(30), "nothing is under way (seed \(seed))") {
            let census = await client.census()
            return census?.underWay == 0 && census?.waiting == 0 && census?.handlesFree == census?.handlesMade
        }
        let made = await client.census()?.handlesMade ?? 0
        #expect(made <= 16)
        let request = HTTPClient.Request(.post, server.url(), headers: ["X-Way": "answer"])
        #expect(try await client.send(request).text == "fine")
        let inFlight = metrics.gauge("lifeos_http_client_in_flight", help: "", labels: ["purpose"])
        try await eventually(within: .seconds(30), "nothing counts as in flight") { inFlight.with("other").value == 0 }
    }
}
