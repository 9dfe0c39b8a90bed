import Cryptography
import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

/// The head is a row that no hash covers. Whatever a hand in the database makes of it: no event gets a wrong place or time.
@Suite struct LogEndTests {
    private func change(_ log: LogFixture, _ script: String) async throws {
        try await log.pool.withConnection { connection in
            try connection.runScript("change", unsafeSQL: "SET session_replication_role = replica; \(script)")
        }
    }

    private func append(_ log: LogFixture) async throws {
        try await log.withWriter { _ = try await $0.submit(.init(stream: .stream(1), wish: .add(1))) }
    }

    private func expectSound(_ log: LogFixture) async throws {
        #expect(try await LogVerifier(pool: log.pool).verify().fault == nil)
        let events = try await log.allEvents()
        #expect(events.map(\.position) == Array(1...events.count))
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.recordedAt <= $1.recordedAt })
    }

    @Test func aHeadDatedInTheFutureDatesNothing() async throws {
        try await LogFixture.with { log in
            try await log.fill(10)
            try await append(log)
            try await change(log, "UPDATE log.head SET recorded_at = recorded_at + interval '400 days'")
            let end = try await LogEnd.read(from: log.pool)
            #expect(end.fault == nil && end.lead == .zero)
            #expect(end.otherTime == (try await log.reader.event(at: 11)?.recordedAt))
            let fault = try await LogVerifier(pool: log.pool).verify().fault
            #expect(fault?.kind == .headMismatch && fault?.explanation.contains("was recorded at") == true)
            try await append(log)
            let last = try #require(try await log.allEvents().last)
            #expect(last.recordedAt <= end.now + .seconds(60))
            try await expectSound(log)
        }
    }

    /// What can be made of the head, and whether moving it puts it right.
    private enum Change: CaseIterable {
        case back, ahead, eventsGone, otherHash, shortHash, otherTime, all

        func script(_ last: Int, using random: inout SeededRandom) -> String {
            let count = Int.random(in: 1...last, using: &random)
            return switch self {
            case .back:
                "UPDATE log.head SET (position, hash, recorded_at) = "
                    + (count == last
                        ? "(SELECT 0, decode(repeat('00', 32), 'hex'), to_timestamp(0))"
                        : "(SELECT position, hash, recorded_at FROM log.events WHERE position = \(last - count))")
            case .ahead: "UPDATE log.head SET position = position + \(count)"
            case .eventsGone: "DELETE FROM log.events WHERE position > \(last - count)"
            case .otherHash: "UPDATE log.head SET hash = sha256('x')"
            case .shortHash: "UPDATE log.head SET hash = '\\x01'"
            case .otherTime: "UPDATE log.head SET recorded_at = recorded_at - interval '\(count) days'"
            case .all:
                "UPDATE log.head SET position = \(last - count), hash = sha256('x'), recorded_at = now() + interval '9 years'"
            }
        }

        var isRepairable: Bool { self != .ahead && self != .eventsGone }
    }

    /// A writer that knows the head, with and without reading anything before it appends, and one that has yet to look.
    private enum Knowledge: CaseIterable { case knowing, knowingAndReading, none }

    @Test func whateverBecomesOfTheHeadNothingIsAppendedInAWrongPlace() async throws {
        var random = SeededRandom.forTest()
        for change in Change.allCases {
            for knowledge in Knowledge.allCases {
                let seed = random.next()
                try await LogFixture.with { log in
                    let comment: Comment = "\(change) \(knowledge) \(seed)"
                    try await log.withWriter(Counters(reads: knowledge != .knowing)) { writer in
                        try await hurt(log, change, writer, knowledge, seed, comment)
                    }
                }
            }
        }
    }

    private func hurt(
        _ log: LogFixture, _ change: Change, _ writer: CounterWriter, _ knowledge: Knowledge, _ seed: UInt64,
        _ comment: Comment
    ) async throws {
        var random = SeededRandom(seed: seed)
        let streams = ScriptedIdentifiers()
        try await log.fill(Int.random(in: 2...30, using: &random))
        if knowledge != .none { _ = try await writer.submit(.init(stream: streams.next(), wish: .add(1))) }
        let count = try await log.allEvents().count
        try await self.change(log, change.script(count, using: &random))
        let left = try await log.allEvents()
        #expect(try await LogVerifier(pool: log.pool).verify().fault != nil, comment)
        let answers = try await writer.submit(
            (1...3).map { _ in .init(stream: streams.next(), wish: .add(1)) })
        if change == .otherTime {
            #expect(answers.count { (try? $0.get()) != nil } == 3, comment)
        } else {
            for answer in answers {
                guard case .failure(CommandWriterError.brokenEnd(let fault)) = answer else {
                    Issue.record("\(answer)")
                    continue
                }
                #expect(fault.advice.contains("lifeos"), comment)
            }
            #expect(try await log.allEvents() == left, comment)
        }
        try await repair(log, change, left)
        if change.isRepairable {
            _ = try await writer.submit(.init(stream: streams.next(), wish: .add(1)))
            try await expectSound(log)
        }
    }

    private func repair(_ log: LogFixture, _ change: Change, _ left: [Event]) async throws {
        let repairer = HeadRepairer(pool: log.pool)
        guard change.isRepairable else {
            let refusal = await #expect(throws: HeadRepairer.Refusal.self) { try await repairer.repair() }
            #expect(refusal?.advice.contains("lifeos backup restore") == true)
            return
        }
        let head = try await LogEnd.read(from: log.pool).head
        let plan = try await repairer.repair(isDryRun: true)
        #expect(try await LogEnd.read(from: log.pool).head == head)
        // The first append has put another time right already.
        #expect(plan.isNeeded == (change != .otherTime))
        let repair = try await repairer.repair()
        #expect(repair == plan)
        if change != .otherTime { #expect(try await log.allEvents() == left) }
        try await expectSound(log)
    }

    @Test func aLogThatIsBrokenItselfGetsNoNewHead() async throws {
        try await LogFixture.with { log in
            try await log.fill(20)
            try await change(
                log,
                """
                UPDATE log.events SET data = '{}' WHERE position = 7;
                UPDATE log.head SET (position, hash) = (SELECT position, hash FROM log.events WHERE position = 18)
                """)
            let head = try await LogEnd.read(from: log.pool).head
            let refusal = await #expect(throws: HeadRepairer.Refusal.self) {
                try await HeadRepairer(pool: log.pool).repair()
            }
            let isNamed = if case .broken(position: 7, _) = refusal { true } else { false }
            #expect(isNamed, "\(String(describing: refusal))")
            #expect(try await LogEnd.read(from: log.pool).head == head)
        }
    }

    /// Somebody else's event behind the head, while the writer believes to know where the log ends.
    @Test func anEventThatWasPutBehindTheHeadIsNotOverwritten() async throws {
        try await LogFixture.with { log in
            try await log.withWriter { writer in
                for _ in 1...3 { _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                try await change(
                    log,
                    """
                    INSERT INTO log.events
                    SELECT 4, recorded_at, gen_random_uuid(), 1, 1, category, type, hash, data, meta
                    FROM log.events WHERE position = 3
                    """)
                await #expect(throws: CommandWriterError.brokenEnd(.behind(head: 3, last: 4))) {
                    try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                }
                #expect(try await log.allEvents().count == 4)
            }
        }
    }

    // MARK: Clocks

    /// Fills a log whose last event is dated in the future, as by a clock that was wrong then.
    private func fillAhead(_ log: LogFixture, by lead: Duration) async throws {
        let clock = ScriptedWallClock(SystemWallClock().now() + lead)
        try await log.withWriter(configure: { $0.clock = clock }) {
            _ = try await $0.submit(.init(stream: .stream(1), wish: .add(1)))
        }
    }

    @Test func nothingIsDatedLikeAnEventThatIsFarInTheFuture() async throws {
        try await LogFixture.with { log in
            try await fillAhead(log, by: .seconds(400 * 86_400))
            try await log.withWriter { writer in
                let error = await #expect(throws: CommandWriterError.self) {
                    try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                }
                let isNamed = if case .wrongClock(.behindLog(position: 1, _, _)) = error { true } else { false }
                #expect(isNamed, "\(String(describing: error))")
                #expect(error?.description.contains("LIFEOS_CLOCK_TOLERANCE") == true)
            }
            #expect(try await log.allEvents().count == 1)
            let lead = try await LogEnd.read(from: log.pool).lead
            #expect(lead > .seconds(399 * 86_400))
            #expect(try await LogVerifier(pool: log.pool).verify().lead > .seconds(399 * 86_400))
            // Whoever accepts it gets times that do not go back.
            try await log.withWriter(configure: { $0.clockTolerance = .seconds(500 * 86_400) }) {
                _ = try await $0.submit(.init(stream: .stream(1), wish: .add(1)))
            }
            let events = try await log.allEvents()
            #expect(events.count == 2 && events[0].recordedAt == events[1].recordedAt)
        }
    }

    @Test func aLittleSkewKeepsNobodyFromWriting() async throws {
        try await LogFixture.with { log in
            try await fillAhead(log, by: .seconds(1_800))
            try await append(log)
            let events = try await log.allEvents()
            #expect(events.count == 2 && events[0].recordedAt == events[1].recordedAt)
        }
    }

    @Test func aDatabaseWhoseClockIsFarAheadDatesNothing() async throws {
        try await LogFixture.with { log in
            let here = ScriptedWallClock(SystemWallClock().now() - .seconds(7_200))
            try await log.withWriter(configure: { $0.localClock = here }) { writer in
                let error = await #expect(throws: CommandWriterError.self) {
                    try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                }
                let isNamed = if case .wrongClock(.databaseAhead) = error { true } else { false }
                #expect(isNamed, "\(String(describing: error))")
                here.advance(by: .seconds(7_200))
                _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
            }
        }
    }

    @Test func timesThatGoBackAreFound() async throws {
        try await LogFixture.with { log in
            try await log.fill(40)
            let events = try await log.allEvents()
            // By somebody who computes every hash anew.
            var hasher = EventHasher()
            var last = LogHead.start
            var script = ""
            for event in events {
                let time = event.position == 30 ? event.recordedAt - .seconds(1) : event.recordedAt
                let hash = hasher.hash(
                    EventDraft(event), position: event.position, recordedAt: time, after: last.hash)
                script += """
                    UPDATE log.events SET hash = '\\x\(hash.hex)', recorded_at = '\(time)' WHERE position = \(event.position);
                    """
                last = LogHead(position: event.position, hash: hash, recordedAt: time)
            }
            try await change(log, script + "UPDATE log.head SET hash = '\\x\(last.hash.hex)'")
            for rangeLength in [7, 10, 29, 30, 100] {
                var configuration = LogVerifier.Configuration()
                configuration.rangeLength = rangeLength
                let fault = try await LogVerifier(pool: log.pool, configuration: configuration).verify().fault
                #expect(fault?.position == 30 && fault?.kind == .timeDecreased, "\(rangeLength)")
            }
        }
    }
}
