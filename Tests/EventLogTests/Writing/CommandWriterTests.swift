import EventLog
import Postgres
import Synchronization
import System
import TestSupport
import Testing

@Suite struct CommandWriterTests {
    @Test func aCommandBecomesAnEventAndAnswers() async throws {
        try await LogFixture.with { log in
            let told = Journal<Event>()
            let total = try await log.withWriter(committed: { told.write($0) }) { writer in
                _ = try await writer.submit(.init(stream: .stream(1), wish: .add(3)))
                return try await writer.submit(.init(stream: .stream(1), wish: .add(4)))
            }
            #expect(total == .init(value: 7, version: 2, position: 2))
            let events = try await log.allEvents()
            #expect(events.map { String(decoding: $0.data, as: UTF8.self) } == [#"{"amount": 3}"#, #"{"amount": 4}"#])
            #expect(told.entries == events)
            expectGaplessChain(events, try await log.reader.head())
        }
    }

    @Test func whatComesDuringACommitIsTheNextBatch() async throws {
        try await LogFixture.with { log in
            let handler = Counters()
            try await log.withWriter(handler) { writer in
                let answers = try await log.holdingHead {
                    let first = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                    try await log.waitUntilBlocked("writer")
                    let others = (2...20).map { number in
                        Task { try await writer.submit(.init(stream: .stream(number % 5), wish: .add(1))) }
                    }
                    try await eventually("the others waiting") { writer.waitingCount == 19 }
                    return [first] + others
                }
                for answer in answers { _ = try await answer.value }
            }
            #expect(handler.batchSizes.withLock { $0 } == [1, 19])
            expectGaplessChain(try await log.allEvents(), try await log.reader.head())
        }
    }

    @Test func aCommandThatWantsAFreshBatchGetsOne() async throws {
        try await LogFixture.with { log in
            let handler = Counters()
            try await log.withWriter(handler) { writer in
                let answers = try await writer.submit(
                    [.add(1), .add(1), .alone, .add(1), .alone].map {
                        .init(stream: .stream(1), wish: $0)
                    })
                #expect(try answers.map { try $0.get().version } == [1, 2, 3, 4, 5])
            }
            #expect(handler.batchSizes.withLock { $0 } == [2, 2, 1])
        }
    }

    @Test func aRejectionLeavesItsNeighboursAlone() async throws {
        try await LogFixture.with { log in
            let answers = try await log.withWriter { writer in
                try await writer.submit(
                    [.add(1), .reject, .add(2), .nothing].map { .init(stream: .stream(1), wish: $0) })
            }
            #expect(throws: Counters.Rejection.self) { try answers[1].get() }
            #expect(try [answers[0], answers[2], answers[3]].map { try $0.get().value } == [1, 3, 3])
            #expect(try await log.allEvents().count == 2)
        }
    }

    @Test func onlyRejectionsWriteNothing() async throws {
        try await LogFixture.with { log in
            let before = try await log.reader.head()
            let told = Atomic<Int>(0)
            await #expect(throws: Counters.Rejection.self) {
                try await log.withWriter(committed: { _ in told.add(1, ordering: .relaxed) }) { writer in
                    try await writer.submit(.init(stream: .stream(1), wish: .reject))
                }
            }
            #expect(try await log.reader.head() == before)
            #expect(told.load(ordering: .relaxed) == 0)
        }
    }

    /// The database refuses a total below zero, a division by zero while reading, and the handler itself fails.
    @Test(arguments: [Counters.Command.Wish.add(-5), .loadNonsense, .crash])
    func whatCannotBeCarriedOutFailsAlone(wish: Counters.Command.Wish) async throws {
        try await LogFixture.with { log in
            let answers = try await log.withWriter { writer in
                try await writer.submit([
                    .init(stream: .stream(1), wish: .add(1)), .init(stream: .stream(2), wish: wish),
                    .init(stream: .stream(3), wish: .add(3)),
                ])
            }
            #expect(try answers[0].get().value == 1)
            #expect(try answers[2].get().value == 3)
            #expect(throws: (any Error).self) { try answers[1].get() }
            if case .failure(let error) = answers[1] { #expect(!(error is CommandWriterError)) }
            let events = try await log.allEvents()
            #expect(events.map(\.stream) == [.stream(1), .stream(3)])
            expectGaplessChain(events, try await log.reader.head())
        }
    }

    @Test func tooManyAreToldToComeBackLater() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: {
                $0.waitingMax = 2
                $0.waitingBytesMax = 100
            }) { writer in
                let waiting = try await log.holdingHead {
                    let first = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                    try await log.waitUntilBlocked("writer")
                    let second = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1), bytes: 60)) }
                    try await eventually("one waiting") { writer.waitingCount == 1 }
                    await #expect(throws: CommandWriterError.overloaded) {
                        try await writer.submit(.init(stream: .stream(1), wish: .add(1), bytes: 50))
                    }
                    await #expect(throws: CommandWriterError.overloaded) {
                        try await writer.submit(
                            [.add(1), .add(1)].map { .init(stream: .stream(1), wish: $0) })
                    }
                    return [first, second]
                }
                for task in waiting { _ = try await task.value }
                // Room again.
                #expect(try await writer.submit(.init(stream: .stream(1), wish: .add(1))).value == 3)
            }
        }
    }

    @Test func stoppingFinishesWhatWaitsAndTakesNothingNew() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: { $0.commandsPerBatchMax = 3 }) { writer in
                let (waiting, stop) = try await log.holdingHead {
                    let waiting = (1...10).map { number in
                        Task { try await writer.submit(.init(stream: .stream(number), wish: .add(1))) }
                    }
                    try await log.waitUntilBlocked("writer")
                    try await eventually("the others waiting") { writer.waitingCount >= 7 }
                    let stop = Task { await writer.stop() }
                    try await eventually("a refusal") {
                        do {
                            _ = try await writer.submit([])
                            _ = try await Task {
                                try await writer.submit([.init(stream: .stream(1), wish: .reject)])
                            }
                            .value
                            return false
                        } catch { return error as? CommandWriterError == .stopping }
                    }
                    return (waiting, stop)
                }
                for task in waiting { #expect(try await task.value.value == 1) }
                await stop.value
            }
            #expect(try await log.allEvents().count == 10)
        }
    }

    @Test func theLogsTimeNeverGoesBackThoughTheClockDoes() async throws {
        try await LogFixture.with { log in
            let clock = ScriptedWallClock()
            let start = clock.now()
            try await log.withWriter(configure: { $0.clock = clock }) { writer in
                for step in [Duration.seconds(1), .seconds(-3_600), .seconds(7_200)] {
                    _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                    clock.advance(by: step)
                }
                _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
            }
            let events = try await log.allEvents()
            #expect(events.map { $0.recordedAt - start } == [.zero, .seconds(1), .seconds(1), .seconds(3_601)])
            expectGaplessChain(events, try await log.reader.head())
        }
    }

    @Test func partitionsAreMadeAheadOfNeed() async throws {
        try await LogFixture.with { log in
            @Sendable func partitions() async throws -> Int {
                try await log.pool.query(
                    "partitions", "SELECT count(*) FROM pg_inherits WHERE inhparent = 'log.events'::regclass"
                ).only(Int.self)
            }
            /// As though the log had come so far.
            @Sendable func reach(_ position: Int64) async throws {
                try await log.pool.execute(
                    "reach",
                    """
                    WITH last AS (
                        INSERT INTO log.events VALUES
                            (\(position), now(), gen_random_uuid(), 1, 1, 'counter', 'counter.added', sha256('x'), '{}', '{}')
                        RETURNING position, hash, recorded_at
                    )
                    UPDATE log.head SET (position, hash, recorded_at) = (SELECT position, hash, recorded_at FROM last)
                    """)
            }
            try await log.withWriter { writer in
                #expect(try await partitions() == 1)
                try await reach(949_998)
                _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                #expect(try await partitions() == 1)
                _ = try await writer.submit(
                    (2...5).map { .init(stream: .stream($0), wish: .add(1)) })
                #expect(try await partitions() == 2)
                try await reach(999_999)
                let answers = try await writer.submit(
                    (6...9).map { .init(stream: .stream($0), wish: .add(1)) })
                #expect(try answers.map { try $0.get().position } == [1_000_000, 1_000_001, 1_000_002, 1_000_003])
                #expect(try await partitions() == 2)
            }
        }
    }

    @Test(arguments: [
        "UPDATE log.events SET type = 'x'", "DELETE FROM log.events", "TRUNCATE log.events",
        "UPDATE log.events_000000 SET type = 'x'", "DELETE FROM log.events_000000", "TRUNCATE log.events_000000",
    ])
    func whatHappenedCannotBeChanged(statement: String) async throws {
        try await LogFixture.with { log in
            try await log.withWriter { _ = try await $0.submit(.init(stream: .stream(1), wish: .add(1))) }
            let before = try await log.allEvents()
            await #expect(throws: PostgresError.self, "\(statement)") {
                try await log.pool.execute("hurt", SQL(unsafeSQL: statement))
            }
            #expect(try await log.allEvents() == before)
        }
    }
}
