import EventLog
import Postgres
import Synchronization
import System
import Telemetry
import TestSupport
import Testing

/// The server process of the writer is killed at every stage of a batch: nothing is lost, nothing doubled.
@Suite struct LostConnectionTests {
    @Test func whileNothingIsToDo() async throws {
        try await LogFixture.with { log in
            try await log.withWriter { writer in
                _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                #expect(try await log.terminate("writer") > 0)
                #expect(try await writer.submit(.init(stream: .stream(1), wish: .add(1))).value == 2)
            }
            try await expect(log, events: 2)
        }
    }

    @Test func whileTheHeadIsWaitedFor() async throws {
        try await LogFixture.with { log in
            try await log.withWriter { writer in
                let answer = try await log.holdingHead {
                    let answer = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                    try await log.waitUntilBlocked("writer")
                    let other = try await LogFixture.makePool(log.conninfo, "killer")
                    _ = try await other.query("kill", Self.terminateWriter)
                    await other.close()
                    return answer
                }
                #expect(try await answer.value.value == 1)
            }
            try await expect(log, events: 1)
        }
    }

    @Test func betweenReadingAndWriting() async throws {
        try await LogFixture.with { log in
            let handler = Counters()
            let deaths = Atomic<Int>(3)
            handler.beforeDeciding.withLock {
                $0 = { connection in
                    if deaths.subtract(1, ordering: .relaxed).oldValue > 0 {
                        _ = try connection.query("die", "SELECT pg_terminate_backend(pg_backend_pid())")
                    }
                }
            }
            let answers = try await log.withWriter(handler) { writer in
                try await writer.submit((1...3).map { .init(stream: .stream($0), wish: .add(1)) })
            }
            #expect(try answers.map { try $0.get().position } == [1, 2, 3])
            try await expect(log, events: 3)
        }
    }

    @Test(arguments: [1, 3])
    func whileTheEventsAreWritten(commands: Int) async throws {
        try await LogFixture.with { log in
            _ = try await log.letDie(deferred: false) { writer in
                try await writer.submit((1...commands).map { .init(stream: .stream($0), wish: .add(1)) })
            }
            try await expect(log, events: commands)
        }
    }

    @Test(arguments: [1, 3])
    func duringTheCommit(commands: Int) async throws {
        try await LogFixture.with { log in
            _ = try await log.letDie(deferred: true) { writer in
                try await writer.submit((1...commands).map { .init(stream: .stream($0), wish: .add(1)) })
            }
            try await expect(log, events: commands)
        }
    }

    /// One of the commands is refused, so the batch goes one by one, and the connection dies in the midst of that.
    @Test func whileABatchGoesOneByOne() async throws {
        try await LogFixture.with { log in
            let answers = try await log.letDie(deferred: true, everySecond: true) { writer in
                try await writer.submit(
                    [1, -5, 1, 1, -5, 1].enumerated().map { .init(stream: .stream($0), wish: .add($1)) })
            }
            #expect(answers.map { (try? $0.get().position) ?? 0 } == [1, 0, 2, 3, 0, 4])
            try await expect(log, events: 4)
        }
    }

    /// A standby that does not exist is waited for after the transaction is written: the one way to die between a commit
    /// and its answer.
    @Test func betweenTheCommitAndItsAnswer() async throws {
        let cluster = try await TestCluster.start(settings: ["synchronous_standby_names": "nobody"])
        let log = try await LogFixture.make(on: cluster.conninfo())
        let told = Journal<Event>()
        let pool = try await LogFixture.makePool(cluster.conninfo(), "writer") {
            $0.connection.settings["synchronous_commit"] = "on"
        }
        let writer = CounterWriter(
            pool: pool, handler: Counters(), metrics: .init(), logger: .silent, committed: { told.write($0) })
        writer.start()
        for number in 1...3 {
            let answer = Task {
                try await writer.submit((1...2).map { .init(stream: .stream($0), wish: .add(1)) })
            }
            try await eventually("a commit that waits for the standby") {
                try await log.pool.query(
                    "waits", "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                ).only(Int.self) == 1
            }
            _ = try await log.pool.query("kill", Self.terminateWriter)
            #expect(try await answer.value.map { try $0.get().version } == [number, number])
        }
        await writer.stop()
        #expect(told.entries == (try await log.allEvents()))
        try await expect(log, events: 6)
        await pool.close()
        await log.pool.close()
        await cluster.stop()
    }

    /// The story: a batch was in doubt, was looked for in vain and sent once more, and that one was in doubt too. But the
    /// first had only been delayed on its way, and was committed now. It was looked for no more, and made once again.
    @Test func inDoubtTwiceWhileTheFirstIsStillOnItsWay() async throws {
        try await LogFixture.with { log in
            let proxy = try await PostgresProxy(to: TestCluster.shared.socketFolder)
            let handler = Counters()
            let tries = Journal<Int>()
            handler.beforeDeciding.withLock {
                $0 = { connection in
                    // The first that is sent in one go is delayed; what is sent when it is tried again gets lost.
                    guard tries.count == 1 || tries.count == 0 && !connection.isInTransaction else { return }
                    tries.write([proxy.links.count])
                    proxy.links.last?.holdBack()
                }
            }
            let count = try await log.withWriter(
                handler, conninfo: proxy.conninfo(log.conninfo), configure: { $0.retryDelay = .milliseconds(1) }
            ) { writer in
                var answers: [Task<Counters.Total, any Error>] = []
                let answered = Journal<Int>()
                while tries.count == 0 {
                    let number = answers.count + 1
                    answers.append(
                        Task {
                            let total = try await writer.submit(.init(stream: .stream(number), wish: .blind))
                            answered.write([number])
                            return total
                        })
                    try await eventually("one is sent") { tries.count > 0 || answered.count == number }
                }
                let first = try #require(proxy.links.last)
                try await eventually("the first try is on its way") { first.holdsSync }
                first.cutClient()
                try await eventually("the second try is on its way") {
                    tries.count == 2 && proxy.links.last?.holdsSync == true
                }
                proxy.takesConnections = false
                proxy.links.last?.cut()
                first.release()
                try await eventually("the first try has arrived, or its session is gone") {
                    try await log.pool.query(
                        "sessions",
                        """
                        SELECT count(*) FROM pg_stat_activity WHERE application_name = 'writer'
                            AND datname = current_database() AND state <> 'idle'
                        """
                    ).only(Int.self) == 0
                }
                proxy.takesConnections = true
                for answer in answers { #expect(try await answer.value.version == 1) }
                return answers.count
            }
            try await expect(log, events: count)
        }
    }

    @Test func whenTheDatabaseStaysAwayCallersAreTold() async throws {
        let cluster = try await TestCluster.start()
        let log = try await LogFixture.make(on: cluster.conninfo())
        let pool = try await LogFixture.makePool(cluster.conninfo(), "writer") {
            $0.acquireTimeout = .milliseconds(100)
        }
        var configuration = CommandWriterConfiguration()
        configuration.unreachableMax = .milliseconds(200)
        let writer = CounterWriter(
            pool: pool, handler: Counters(), configuration: configuration, metrics: .init(), logger: .silent,
            committed: { _ in })
        writer.start()
        _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
        await log.pool.close()
        await cluster.stop()
        await #expect(throws: CommandWriterError.unavailable) {
            try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
        }
        await writer.stop()
        await pool.close()
    }

    /// Somebody who kills at random for a while finds every acknowledged command once, and no other.
    @Test func atAnyTime() async throws {
        try await LogFixture.with { log in
            let configure: (inout CommandWriterConfiguration) -> Void = {
                $0.retryDelay = .milliseconds(1)
                $0.retryDelayMax = .milliseconds(1)
            }
            try await log.withWriter(configure: configure) { writer in
                let answered = Journal<Int>()
                let killer = Task {
                    // A killer that knew no pause could win for ever on a busy machine: after so many kills it waits for
                    // an answer.
                    while !Task.isCancelled {
                        let before = answered.count
                        var kills = 0
                        while !Task.isCancelled, answered.count == before, kills < 8 {
                            kills += (try? await log.terminate("writer")) ?? 0
                        }
                        try? await eventually("one is let through") { answered.count > before }
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 1...8 {
                        group.addTask {
                            for turn in 1...Effort.rounds(12) {
                                let total = try await writer.submit(.init(stream: .stream(number), wish: .add(1)))
                                #expect(total.value == turn)
                                answered.write([number])
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                killer.cancel()
                await killer.value
            }
            try await expect(log, events: 8 * Effort.rounds(12))
        }
    }

    private static let terminateWriter: SQL = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'writer' AND datname = current_database()
        """

    private func expect(_ log: LogFixture, events count: Int, _ location: SourceLocation = #_sourceLocation)
        async throws
    {
        let events = try await log.allEvents()
        #expect(events.count == count, sourceLocation: location)
        expectGaplessChain(events, try await log.reader.head(), location)
        let totals = try await log.pool.query("totals", "SELECT sum(value)::int, sum(version)::int FROM counters")
        let (value, versions) = try totals.only(Int.self, Int.self)
        #expect([value, versions] == [count, count], sourceLocation: location)
    }
}

extension LogFixture {
    /// Runs `body` with a writer whose server process dies by a trigger: the first two times, or at every second one.
    fileprivate func letDie<Result: Sendable>(
        deferred: Bool, everySecond: Bool = false, _ body: @Sendable (CounterWriter) async throws -> Result
    ) async throws -> Result {
        let script = """
            CREATE SEQUENCE turns;
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE turn bigint := nextval('turns');
            BEGIN
                IF \(everySecond ? "turn % 2 = 1" : "turn <= 2") THEN
                    PERFORM pg_terminate_backend(pg_backend_pid());
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER die AFTER INSERT OR UPDATE ON counters
                \(deferred ? "DEFERRABLE INITIALLY DEFERRED" : "") FOR EACH ROW EXECUTE FUNCTION die();
            """
        try await pool.withConnection { connection in try connection.runScript("trigger", unsafeSQL: script) }
        return try await withWriter(configure: { $0.retryDelay = .milliseconds(1) }, body)
    }
}
