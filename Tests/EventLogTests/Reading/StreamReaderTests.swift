import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct StreamReaderTests {
    /// Both ways read the same, and only up to the last position that was asked for.
    @Test func eventsComeStreamByStreamInTheirOrder() async throws {
        try await LogFixture.with { log in
            try await log.fill(1_250)
            let last = 1_180
            let reader = StreamReader(
                upTo: last, where: "category <> \(literal: "category_7")", metaWhere: "position > 1100")
            let found = try await log.pool.withConnection { connection in
                var found: [FoldedEvent] = []
                try reader.read("test_streams", on: connection) { batch in
                    try batch.forEach { found.append($0) }
                }
                return found
            }
            let wanted = try await log.allEvents().filter { $0.position <= last && $0.category != "category_7" }
                .sorted { ($0.stream.description, $0.version) < ($1.stream.description, $1.version) }
            #expect(found.map(\.position) == wanted.map(\.position))
            #expect(zip(found, wanted).allSatisfy { $0.version == $1.version && $0.data == $1.data })
            #expect(zip(found, wanted).allSatisfy { $0.meta == ($1.position > 1_100 ? $1.meta : nil) })
            var streamed: [Int] = []
            for try await batch in reader.batches("test_streams", in: log.pool, patience: .seconds(60)) {
                try batch.forEach { streamed.append($0.position) }
            }
            #expect(streamed == found.map(\.position))
        }
    }
}
