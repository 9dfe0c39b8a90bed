import HTTPClient
import JSON
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogStreamTests {
    /// Opens a stream and reads it until so many events came; `meanwhile` runs once it is open.
    private func read(
        _ count: Int, of log: LogServing, _ query: String, headers: HTTPClient.Headers = [:],
        meanwhile: @Sendable () async throws -> Void = {}
    ) async throws -> [ServerSentEvent] {
        let answer = try await log.client.stream(
            .init(.get, "\(log.base)/api/v2/stream/events?\(query)", headers: headers))
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "text/event-stream")
        try await meanwhile()
        var events: [ServerSentEvent] = []
        for try await event in answer.body.serverSentEvents() {
            events.append(event)
            if events.count - 1 >= count { break }
        }
        let opening = try #require(events.first)
        #expect(opening.type == "log" && opening.lastEventID == "")
        let id = try await log.identity.id.description
        #expect(try JSONValue(parsing: opening.data)["log"]?.string == id)
        return Array(events.dropFirst())
    }

    private func positions(_ events: [ServerSentEvent]) -> [Int] { events.compactMap { Int($0.lastEventID) } }

    @Test func theOldComesFirstAndThenTheNew() async throws {
        try await LogServing.with { log in
            try await log.append(1...5)
            let events = try await read(8, of: log, "after=2") { try await log.append(6...10) }
            #expect(positions(events) == Array(3...10))
            #expect(events.map(\.type).prefix(2) == ["book.created", "song.created"])
            let shown = try await log.get("/api/v2/admin/events/3").text
            #expect(events[0].data == shown)
        }
    }

    /// So that a client which comes back with a position knows whether it still means the same.
    @Test func theFirstFrameNamesTheLogAndItsHead() async throws {
        try await LogServing.with { log in
            try await log.append(1...5)
            try await eventually("the tail at the head") { log.tail.position == 5 }
            let id = try await log.identity.id
            func opening(_ query: String) async throws -> String {
                let answer = try await log.client.stream(.init(.get, "\(log.base)/api/v2/stream/events?\(query)"))
                for try await event in answer.body.serverSentEvents() { return event.data }
                return ""
            }
            #expect(try await opening("after=2") == #"{"log":"\#(id)","head":5}"#)
            #expect(try await opening("log=\(id)") == #"{"log":"\#(id)","head":5}"#)
        }
    }

    @Test func withoutAPositionOnlyTheNewIsStreamed() async throws {
        try await LogServing.with { log in
            try await log.append(1...5)
            try await eventually("the tail at the head") { log.tail.position == 5 }
            let events = try await read(2, of: log, "category=song") { try await log.append(6...10) }
            #expect(positions(events) == [6, 8])
        }
    }

    @Test func whoConnectsAgainGoesOnWhereItWas() async throws {
        try await LogServing.with { log in
            try await log.append(1...9)
            let events = try await read(2, of: log, "after=1&type=book.created", headers: ["Last-Event-ID": "5"])
            #expect(positions(events) == [7, 9])
            let refused = try await log.get("/api/v2/stream/events", headers: ["Last-Event-ID": "five"])
            #expect(refused.status == 400)
            #expect(refused.text.contains("Last-Event-ID"))
        }
    }

    @Test func aStreamWithAnEndEnds() async throws {
        try await LogServing.with { log in
            try await log.append(1...9)
            let events = try await read(.max, of: log, "after=0&before=5")
            #expect(positions(events) == [1, 2, 3, 4])
        }
    }

    /// Much more than a client's buffer holds: the stream waits for the client instead of cutting it off.
    @Test func aLongPastIsStreamedWhole() async throws {
        try await LogServing.with { log in
            for start in stride(from: 0, to: 6_000, by: 1_000) { try await log.append(start + 1...start + 1_000) }
            let events = try await read(6_000, of: log, "after=0")
            #expect(positions(events) == Array(1...6_000))
        }
    }

    /// 16 clients that read the log from its start once kept everybody else waiting for more than ten seconds, since each
    /// event was encoded for each of them.
    @Test func requestsAreAnsweredWhileManyClientsCatchUp() async throws {
        let (clients, count) = (40, 5_000)
        let encoded = Lock(0)
        try await LogServing.with { event in
            encoded.withLock { $0 += 1 }
            return nil
        } _: { log in
            for start in stride(from: 0, to: count, by: 1_000) { try await log.append(start + 1...start + 1_000) }
            let query = "after=0&before=\(count + 1)"
            let catchingUp = Task {
                try await download("\(log.base)/api/v2/stream/events?\(query)", by: clients)
            }
            let begin = ContinuousClock.now
            let isOver = Lock(false)
            let watching = Task {
                _ = await catchingUp.result
                isOver.withLock { $0 = true }
            }
            var latencies: [Duration] = []
            repeat {
                let start = ContinuousClock.now
                #expect(try await log.get("/api/v2/admin/events/17?raw=true").status == 200)
                latencies.append(.now - start)
            } while !isOver.withLock { $0 }
            let whole = ContinuousClock.now - begin
            await watching.value
            let sizes = try await catchingUp.value
            // Signs of life come on top, for whom nothing else was there for a while.
            let (least, most) = (sizes.min() ?? 0, sizes.max() ?? 0)
            #expect(sizes.count == clients && least > count * 300 && most - least < 1_000, "\(sizes)")
            let one = try await read(.max, of: log, query)
            #expect(positions(one) == Array(1...count))
            #expect(encoded.withLock { $0 } == count)
            latencies.sort()
            let (usual, late) = (latencies[latencies.count / 2], latencies[latencies.count * 99 / 100])
            // Without fairness a request waited until all had caught up. How long that takes, a busy machine decides.
            #expect(usual < whole / 10, "of \(latencies.count) requests in \(whole), half took \(usual) or longer")
            #expect(late < max(.seconds(3), whole / 2), "one in a hundred took \(late) or longer, of \(whole)")
        }
    }

    /// Has so many clients in another process read an answer to its end at once; how many bytes each got.
    private func download(_ address: String, by clients: Int) async throws -> [Int] {
        let options = ["-sS", "-Z", "--parallel-immediate", "--parallel-max", "\(clients)", "-w", "%{size_download}\n"]
        let transfers = Array(repeating: ["-o", "/dev/null", address], count: clients)
        let curl = try await Program("/usr/bin/curl", options + transfers.joined()).run()
        #expect(curl.exit == .code(0), "\(curl.errorText)")
        return curl.outputText.split(separator: "\n").compactMap { Int($0) }
    }

    @Test func aClientThatLeavesIsForgotten() async throws {
        try await LogServing.with { log in
            _ = try await read(1, of: log, "after=0") { try await log.append(1...1) }
            try await eventually("nobody waiting") { log.tail.state.withLock { $0.waiting.isEmpty } }
        }
    }
}
