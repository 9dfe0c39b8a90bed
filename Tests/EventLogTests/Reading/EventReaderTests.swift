import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct EventReaderTests {
    /// Twelve events of three streams, by two actors, a minute apart.
    private func withTwelve(_ body: @Sendable (LogFixture, [Event]) async throws -> Void) async throws {
        try await LogFixture.with { log in
            let clock = ScriptedWallClock()
            try await log.withWriter(configure: { $0.clock = clock }) { writer in
                for number in 0..<12 {
                    _ = try await writer.submit(
                        .init(
                            stream: .stream(number % 3), wish: .add(number), actor: number < 6 ? "anna" : "bert",
                            correlation: .stream(100 + number % 4)))
                    clock.advance(by: .seconds(60))
                }
            }
            try await body(log, try await log.allEvents())
        }
    }

    @Test func everyFilterGivesWhatItSays() async throws {
        try await withTwelve { log, events in
            func filter(_ change: (inout EventFilter) -> Void) -> EventFilter {
                var filter = EventFilter()
                change(&filter)
                return filter
            }
            let filters: [(EventFilter, [Int])] = [
                (filter { $0.after = 10 }, [11, 12]),
                (filter { $0.upTo = 2 }, [1, 2]),
                (filter { $0.streams = [.stream(1)] }, [2, 5, 8, 11]),
                (filter { $0.streams = [.stream(1), .stream(2)] }, [2, 3, 5, 6, 8, 9, 11, 12]),
                (filter { $0.streams = [] }, []),
                (filter { $0.categories = ["counter"] }, Array(1...12)),
                (filter { $0.categories = ["counter", "other"] }, Array(1...12)),
                (filter { $0.categories = ["other"] }, []),
                (filter { $0.types = ["counter.added", "x"] }, Array(1...12)),
                (filter { $0.types = ["counter.removed"] }, []),
                (filter { $0.actor = "anna" }, Array(1...6)),
                (filter { $0.actor = "O'Hara" }, []),
                (filter { $0.correlation = .stream(101) }, [2, 6, 10]),
                (filter { $0.since = events[9].recordedAt }, [10, 11, 12]),
                (filter { $0.since = events[9].recordedAt + .microseconds(1) }, [11, 12]),
                (filter { $0.until = events[1].recordedAt }, [1, 2]),
                (filter { $0.until = events[1].recordedAt - .microseconds(1) }, [1]),
                (
                    filter {
                        $0.after = 1
                        $0.upTo = 11
                        $0.streams = [.stream(1)]
                        $0.categories = ["counter"]
                        $0.types = ["counter.added"]
                        $0.actor = "bert"
                        $0.since = events[7].recordedAt
                        $0.until = events[11].recordedAt
                    }, [8, 11]
                ),
            ]
            for (filter, positions) in filters {
                let all = try await log.reader.events(filter).map(\.position)
                #expect(all == positions, "\(filter)")
                let last = try await log.reader.events(filter, limit: 2, order: .descending).map(\.position)
                #expect(last == Array(positions.reversed().prefix(2)), "\(filter)")
                let first = try await log.reader.events(filter, limit: 1).map(\.position)
                #expect(first == Array(positions.prefix(1)), "\(filter)")
                #expect(events.filter(filter.matches).map(\.position) == positions, "\(filter)")
            }
            let none = try await log.reader.events(limit: 0)
            #expect(none.isEmpty)
        }
    }

    /// Whatever the limits, going on behind the last event of each full page gives every event once.
    @Test(arguments: [(1, 1 << 20), (5, 1 << 20), (100, 1), (100, 1_500), (4, 1_500), (12, 1 << 20)])
    func pagesFollowEachOtherWithoutAGap(limit: Int, bytesMax: Int) async throws {
        try await withTwelve { log, events in
            for order in [EventOrder.ascending, .descending] {
                var filter = EventFilter()
                var read: [Event] = []
                while true {
                    let page = try await log.reader.page(filter, limit: limit, bytesMax: bytesMax, order: order)
                    #expect(page.events.count <= limit)
                    #expect(page.events.dropLast().reduce(0) { $0 + $1.byteCount } < bytesMax)
                    read += page.events
                    guard page.isFull, let last = page.events.last else { break }
                    if order == .ascending { filter.after = last.position } else { filter.upTo = last.position - 1 }
                }
                #expect(read == (order == .ascending ? events : events.reversed()))
            }
            var filter = EventFilter()
            filter.actor = "bert"
            #expect(try await log.reader.position(ofLast: 2, filter) == 11)
            #expect(try await log.reader.position(ofLast: 100, filter) == 7)
            filter.actor = "nobody"
            #expect(try await log.reader.position(ofLast: 1, filter) == nil)
        }
    }

    @Test func positionsAreFoundByTime() async throws {
        try await withTwelve { log, events in
            func position(at moment: Timestamp) async throws -> Int { try await log.reader.position(at: moment) }
            for event in events {
                let (at, before) = (event.recordedAt, event.recordedAt - .microseconds(1))
                let found = try await [position(at: at), position(at: before)]
                #expect(found == [event.position, event.position - 1])
            }
            let last = try await position(at: events[11].recordedAt + .seconds(9_999))
            #expect(last == 12)
        }
    }

    @Test func anEmptyLogReadsAsEmpty() async throws {
        try await LogFixture.with { log in
            let head = try await log.reader.head()
            #expect(head == .start)
            #expect(try await log.allEvents().isEmpty)
            #expect(try await log.reader.event(at: 1) == nil)
            #expect(try await log.reader.position(at: Timestamp(microsecondsSinceEpoch: .max / 4)) == 0)
        }
    }

    @Test func manyEventsStreamInOrder() async throws {
        try await LogFixture.with { log in
            try await log.fill(3_000)
            var positions: [Int] = []
            var batches = 0
            for try await events in log.reader.events(after: 500, upTo: 2_500) {
                positions += events.map(\.position)
                batches += 1
            }
            #expect(positions == Array(501...2_500))
            #expect(batches > 1)
            let one = try await log.reader.event(at: 700)
            for try await events in log.reader.events(after: 699, upTo: 700) { #expect(events == [one]) }
        }
    }

    /// With 20,000 events in two partitions, no question reads a whole partition.
    @Test func everyQuestionIsAnsweredByAnIndex() async throws {
        try await LogFixture.with { log in
            try await log.fill(10_000)
            try await log.pool.execute("move", "UPDATE log.head SET position = 1000000")
            try await log.pool.withConnection { _ = try $0.query("make", "SELECT log.make_partition(1000001)") }
            try await log.fill(10_000)
            var event = EventFilter()
            event.streams = [.stream(1_000_007)]
            var several = EventFilter()
            several.streams = [.stream(1_000_007), .stream(1_000_008)]
            var correlation = EventFilter()
            correlation.correlation = .stream(100_007)
            var actor = EventFilter()
            actor.actor = "actor-7"
            var category = EventFilter()
            category.categories = ["category_7"]
            var position = EventFilter()
            position.after = 9_990
            var time = EventFilter()
            time.since = Timestamp(microsecondsSinceEpoch: .max / 4)
            var all = event
            all.actor = "actor-7"
            all.after = 10
            let filters = [event, several, correlation, actor, category, position, time, all]
            for analysed in [false, true] {
                if analysed { try await log.pool.execute("analyze", "ANALYZE log.events") }
                for filter in filters {
                    for order in [EventOrder.ascending, .descending] {
                        let sql: SQL = "EXPLAIN \(EventReader.select(filter, limit: 50, order))"
                        let plan = try await log.pool.query("explain", sql).decode(String.self).joined(separator: "\n")
                        #expect(!plan.contains("Seq Scan on events_"), "\(analysed) \(filter)\n\(plan)")
                        if filter.streams != nil { #expect(plan.contains("by_stream"), "\(analysed)\n\(plan)") }
                    }
                }
            }
        }
    }
}
