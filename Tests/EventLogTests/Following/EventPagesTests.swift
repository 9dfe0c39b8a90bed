import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct EventPagesTests {
    /// Pages that are the events themselves, with a record of all that were made.
    private static func pages(of tail: LogTail, _ made: Journal<Event> = .init()) -> EventPages<[Event]> {
        EventPages(tail: tail) { events in
            made.write(events)
            return (events, events.reduce(0) { $0 + $1.byteCount })
        }
    }

    private static func follow(
        _ pages: EventPages<[Event]>, after position: Int, filter: EventFilter = EventFilter()
    ) -> Follower {
        Follower(pages.follow(after: ReachedPosition(knownAs: position), filter: filter))
    }

    /// One who follows in a task of its own, with everything it got.
    private struct Follower: Sendable {
        let got = Journal<Event>()
        let task: Task<Void, Never>

        init(_ portions: EventPages<[Event]>.Portions) {
            let got = got
            task = Task {
                for await portion in portions { for part in portion.parts { got.write(portion.content[part]) } }
            }
        }

        func wait(untilItHas count: Int) async throws {
            try await eventually(within: .seconds(60), "\(count) events, of which there are \(got.count)") {
                got.count >= count
            }
        }
    }

    /// A hundred clients that began at the start once had each event encoded a hundred times, and everybody else waited.
    @Test func eachEventIsEncodedOnceForAllWhoFollow() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(500)
            try await log.withTail(configure: { $0.pageEventsMax = 32 }) { tail in
                let made = Journal<Event>()
                let pages = Self.pages(of: tail, made)
                let followers = (0..<50).map { _ in Self.follow(pages, after: 0) }
                for follower in followers { try await follower.wait(untilItHas: 500) }
                #expect(made.count == 500)
                try await log.withWriter(committed: { tail.offer($0) }) { writer in
                    for _ in 1...10 { _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                }
                let all = try await log.allEvents()
                for follower in followers {
                    try await follower.wait(untilItHas: 510)
                    #expect(follower.got.entries == all)
                }
                #expect(made.count == 510)
            }
        }
    }

    @Test func thoseWhoBeganElsewhereComeTogether() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(500)
            try await log.withTail(configure: { $0.pageEventsMax = 32 }) { tail in
                let made = Journal<Event>()
                let pages = Self.pages(of: tail, made)
                let followers = (0..<20).map { Self.follow(pages, after: $0 * 10) }
                for (number, follower) in followers.enumerated() {
                    try await follower.wait(untilItHas: 500 - number * 10)
                }
                #expect(made.count <= 500 + 20 * tail.configuration.pageEventsMax)
            }
        }
    }

    /// Whatever is wanted and wherever it is read from: exactly that comes, in order, and once.
    @Test func everyoneGetsExactlyWhatItsFilterWants() async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(3) {
            let (before, during) = (Int.random(in: 0...400, using: &random), Int.random(in: 50...300, using: &random))
            let filters = (0..<20).map { _ in Self.filter(upTo: before + during, using: &random) }
            let starts = filters.map { _ in Int.random(in: 0...before, using: &random) }
            let (page, ring) = (Int.random(in: 1...80, using: &random), Int.random(in: 10...300, using: &random))
            let bytes = Int.random(in: 1...20_000, using: &random)
            try await LogFixture.with { log in
                try await log.appendSilently(before)
                try await log.withTail(configure: {
                    ($0.pageEventsMax, $0.pageBytesMax, $0.eventsKeptMax) = (page, bytes, ring)
                    ($0.pagesKeptBytesMax, $0.pollInterval) = (40_000, .milliseconds(5))
                }) { tail in
                    let pages = Self.pages(of: tail)
                    let followers = zip(starts, filters).map { Self.follow(pages, after: $0, filter: $1) }
                    for _ in 0..<10 { try await log.appendSilently(during / 10) }
                    let all = try await log.allEvents()
                    for (follower, (start, filter)) in zip(followers, zip(starts, filters)) {
                        let wanted = all.filter { $0.position > start && filter.matches($0) }
                        try await follower.wait(untilItHas: wanted.count)
                        #expect(follower.got.entries == wanted, "\(filter) after \(start)")
                    }
                    #expect(pages.bytesKept <= 40_000)
                }
            }
        }
    }

    private static func filter(upTo last: Int, using random: inout SeededRandom) -> EventFilter {
        var filter = EventFilter()
        let number = Int.random(in: 0...99, using: &random)
        switch Int.random(in: 0...6, using: &random) {
        case 0: filter.categories = ["category_\(number)", "category_\((number + 1) % 100)"]
        case 1: filter.actor = "actor-\(number)"
        case 2: filter.types = ["category_\(number).added"]
        case 3: filter.streams = [.stream(1_000_000 + number)]
        case 4: filter.correlation = .stream(100_000 + number)
        default: break
        }
        if Bool.random(using: &random) { filter.upTo = Int.random(in: 1...last, using: &random) }
        return filter
    }

    /// A page used to be 256 events, however large they were.
    @Test func aPageEndsWhereItsBytesDo() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(300)
            try await log.withTail(configure: { $0.pageBytesMax = 5_000 }) { tail in
                let largest = Journal<Int>()
                let pages = EventPages(tail: tail) { events in
                    largest.write([events.reduce(0) { $0 + $1.byteCount }])
                    return (events, 0)
                }
                let follower = Self.follow(pages, after: 0)
                try await follower.wait(untilItHas: 300)
                let one = try #require(try await log.allEvents().map(\.byteCount).max())
                #expect(largest.entries.allSatisfy { $0 <= 5_000 + one })
                #expect(largest.count > 10)
            }
        }
    }

    /// However many are behind, requests find a connection.
    @Test func catchingUpTakesAQuarterOfTheConnectionsAtMost() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(500)
            try await log.withTail(configure: { $0.catchUpReadsMax = 100 }) { tail in
                let quarter = tail.pool.configuration.connectionsMax / 4
                let pages = Self.pages(of: tail)
                let followers = try await log.pool.transaction { connection in
                    try connection.execute("hold", "LOCK TABLE log.events IN ACCESS EXCLUSIVE MODE")
                    let followers = (0..<200).map { number in
                        var filter = EventFilter()
                        filter.actor = "actor-\(number % 100)"
                        return Self.follow(pages, after: number, filter: filter)
                    }
                    try await log.waitUntilBlocked("tail", quarter)
                    // The others stand in line now, or will; none of them has a connection.
                    for _ in 0..<10 { #expect(try await tail.pool.query("free", "SELECT 1").only(Int32.self) == 1) }
                    return followers
                }
                for (number, follower) in followers.enumerated() {
                    try await follower.wait(untilItHas: (500 - number) / 100)
                }
                let most = try await log.pool.query(
                    "sessions",
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE application_name = 'tail' AND datname = current_database()
                    """
                ).only(Int.self)
                // One listens, one reads on, one was for us.
                #expect(most <= quarter + 3)
            }
        }
    }
}
