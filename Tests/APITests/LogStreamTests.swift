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
            if events.count == count { break }
        }
        return events
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

    @Test func aClientThatLeavesIsForgotten() async throws {
        try await LogServing.with { log in
            _ = try await read(1, of: log, "after=0") { try await log.append(1...1) }
            try await eventually("nobody waiting") { log.tail.state.withLock { $0.waiting.isEmpty } }
        }
    }
}
