import EventLog
import JSON
import System
import TestSupport
import Testing

@Suite struct PointTests {
    private let now = Timestamp(microsecondsSinceEpoch: 1_795_255_200_000_000)  // 2026-11-21T10:00:00Z
    /// An hour ahead of UTC, so that mistaking one for the other is noticed.
    private let zone = Zone { _ in 3_600 }

    private func point(_ text: String) throws(PointProblem) -> Point { try Point(parsing: text, now: now, in: zone) }

    private func refusal(_ text: String) -> PointProblem? {
        do throws(PointProblem) {
            let point = try point(text)
            Issue.record("\(text) was read as \(point)")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("2026-11-21T06:10:34Z", "2026-11-21T06:10:34Z", false), ("2026-11-20 18:00", "2026-11-20T17:00:00Z", false),
        ("2026-11-20T18:00:30", "2026-11-20T17:00:30Z", false), ("2026-11-20", "2026-11-19T23:00:00Z", false),
        ("today 09:00", "2026-11-21T08:00:00Z", true), ("Today", "2026-11-20T23:00:00Z", true),
        ("Yesterday 18:00", "2026-11-20T17:00:00Z", true), ("yesterday 7:05", "2026-11-20T06:05:00Z", true),
        ("-15m", "2026-11-21T09:45:00Z", true), ("-90s", "2026-11-21T09:58:30Z", true),
        ("-1h30m", "2026-11-21T08:30:00Z", true), ("-2w", "2026-11-07T10:00:00Z", true),
        ("-1d", "2026-11-20T10:00:00Z", true),
    ])
    func aTimeIsReadAsItIsMeant(_ text: String, _ time: String, _ isRelative: Bool) throws {
        let read = try point(text)
        #expect(read == .time(try #require(Timestamp(time)), isRelative: isRelative))
    }

    @Test func allOtherFormsAreRead() throws {
        let id = UUID(high: 0x0197_a1b2_0000_7000, low: 0x8000_0000_0000_000f)
        for (text, wanted) in [
            ("1200", Point.position(1_200)), ("0", .position(0)), ("now", .now), ("before:\(id)", .before(id)),
            ("event:7", .position(7)), ("event:\(id).3", .event(id, version: 3)),
        ] {
            let read = try point(text)
            #expect(read == wanted)
        }
    }

    @Test func yesterdayIsTheDayBeforeOnTheWallNotInUTC() throws {
        let late = try #require(Timestamp("2026-11-21T23:30:00Z"))
        let read = try Point(parsing: "yesterday", now: late, in: zone)
        // There it is the 22nd already.
        #expect(read == .time(try #require(Timestamp("2026-11-20T23:00:00Z")), isRelative: true))
    }

    @Test func whatIsNoPointIsToldWhatIsWrongAndWhatThereIs() throws {
        for (text, words) in [
            ("", "not understood"), ("yesterdy", "not understood"), ("-15", "-15m for minutes"), ("-", "-1h30m"),
            ("-15x", "-1h30m"), ("-99999999999999999999h", "-1h30m"), ("-9999999999999h", "longer ago"),
            ("2026-02-30", "no day 2026-02-30"), ("2026-11-20 25:00", "not a time of day"),
            ("today 9", "not a time of day"),
            ("before:me", "correlation or command"), ("event:0", "event:1"), ("event:x.1", "names no event"),
            ("99999999999999999999", "No log is as long"), ("9223372036854775807", "No log is as long"),
        ] {
            let problem = try #require(refusal(text))
            #expect(problem.reason.contains(words), "\(text): \(problem)")
            #expect(problem.description.contains("before:<correlation or command id>"))
        }
    }

    @Test func anyTextIsReadOrRefused() {
        var random = SeededRandom.forTest()
        let parts = [
            "-", "15", "m", "h", " ", ":", "event", "before", "now", "today", "2026", "11", "T", "Z", ".", "é", "\0",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in parts.randomElement(using: &random)! }
            _ = try? point(text.joined())
        }
    }

    @Test func aPointIsFoundWhereItIs() async throws {
        try await LogFixture.with { log in
            // Events of one time, of one correlation, and neither.
            for count in [1, 4, 13, 2, 9] { try await log.fill(count) }
            let events = try await log.allEvents()
            func found(_ point: Point) async throws -> Int { try await point.resolve(in: log.pool).position }
            for event in events {
                let meta = try #require(event.decodedMeta)
                let last = events.last { $0.recordedAt <= event.recordedAt }
                #expect(try await found(.time(event.recordedAt)) == last?.position)
                #expect(try await found(.time(event.recordedAt - .microseconds(1))) < event.position)
                #expect(try await found(.event(event.stream, version: event.version)) == event.position)
                let first = events.first { $0.decodedMeta?.correlation == meta.correlation }
                #expect(try await found(.before(meta.correlation)) == (first?.position ?? 0) - 1)
                let resolved = try await Point.position(event.position).resolve(in: log.pool)
                #expect(resolved.recordedAt == event.recordedAt)
            }
            let head = try await Point.now.resolve(in: log.pool)
            #expect(head.position == events.count)
            #expect(try await Point.position(0).resolve(in: log.pool) == ResolvedPoint(position: 0, recordedAt: nil))
        }
    }

    /// A command is looked for where its id says that it was made, and elsewhere where that is wrong.
    @Test func aCommandOfACorrelationIsFoundWhateverItsClockSaid() async throws {
        try await LogFixture.with { log in
            try await log.withWriter { writer in
                let identifiers = TimeOrderedIdentifiers()
                let times = ["2026-11-21T06:10:34Z", "2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"]
                for time in times {
                    let made = TimeOrderedIdentifiers(clock: ScriptedWallClock(try #require(Timestamp(time)))).next()
                    for command in [identifiers.next(), made] {
                        let before = try await Point.now.resolve(in: log.pool).position
                        _ = try await writer.submit(
                            .init(stream: command, wish: .add(1), correlation: .stream(100)))
                        #expect(try await Point.before(command).resolve(in: log.pool).position == before)
                    }
                }
            }
        }
    }

    @Test func whatNeverHappenedIsSaidSo() async throws {
        try await LogFixture.with { log in
            try await log.fill(1)
            let id = try #require(try await log.allEvents().first).stream
            func refused(_ point: Point) async throws -> PointNotFound? {
                do {
                    _ = try await point.resolve(in: log.pool)
                    return nil
                } catch let error as PointNotFound {
                    return error
                }
            }
            #expect(try await refused(.position(2)) == .future(head: 1))
            #expect(
                try await refused(.before(id)) == .unknown("Nothing in the log has the correlation or command \(id)."))
            #expect(try await refused(.event(id, version: 2)) == .unknown("The stream \(id) ends at version 1."))
            let nobody = UUID(high: 1, low: 1)
            #expect(
                try await refused(.event(nobody, version: 1))
                    == .unknown("Nothing in the log has the stream \(nobody)."))
        }
    }
}

extension Event {
    fileprivate var decodedMeta: EventMeta? { (try? JSONValue(parsing: meta)).flatMap { EventMeta($0) } }
}
