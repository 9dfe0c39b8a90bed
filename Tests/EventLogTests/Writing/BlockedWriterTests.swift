import EventLog
import Postgres
import System
import Telemetry
import TestSupport
import Testing

/// Someone holds what every writer needs, and does not let go of it. The story: a node froze between two statements, and for
/// two hours nobody could write, while every node said that it was well.
@Suite struct BlockedWriterTests {
    private static func impatient(_ configuration: inout CommandWriterConfiguration) {
        configuration.lockWaitMax = .milliseconds(50)
        configuration.unreachableMax = .milliseconds(300)
        configuration.watchInterval = .milliseconds(20)
        configuration.retryDelay = .milliseconds(5)
    }

    @Test func whoeverHoldsTheHeadIsNamedAndCallersAreToldThatNothingWasChanged() async throws {
        try await LogFixture.with { log in
            let metrics = Metrics()
            try await log.withWriter(metrics: metrics, configure: Self.impatient) { writer in
                _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                #expect(try await writer.blockage() == nil)
                try await log.holdingHead {
                    let answer = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                    try await eventually("the holder is named") {
                        metrics.text.contains(#/lifeos_eventlog_blocked_seconds\{.*application="looker".*idle in tr.*/#)
                    }
                    #expect(writer.underWayFor.map { $0 > .zero } == true)
                    let blockage = try #require(try await writer.blockage())
                    #expect(blockage.holders.map(\.application) == ["looker"])
                    #expect(blockage.age > .zero)
                    await #expect(throws: CommandWriterError.blocked) { try await answer.value }
                    // Whoever asks next is not kept waiting for long.
                    await #expect(throws: CommandWriterError.blocked) {
                        try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                    }
                }
                #expect(try await writer.submit(.init(stream: .stream(1), wish: .add(1))).value == 2)
                #expect(try await writer.blockage() == nil && writer.underWayFor == nil)
                #expect(!metrics.text.contains("lifeos_eventlog_blocked_seconds{"))
            }
            #expect(try await log.allEvents().count == 2)
        }
    }

    /// Also where nobody here wants to write just now.
    @Test func aNodeThatWritesNothingSeesThatTheHeadIsHeld() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: Self.impatient) { writer in
                try await log.holdingHead {
                    try await eventually("it is seen") { try await writer.blockage() != nil }
                }
                #expect(try await writer.blockage() == nil)
            }
        }
    }

    @Test func aTableThatSomeoneLockedIsWaitedForAndNamedToo() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: {
                Self.impatient(&$0)
                $0.unreachableMax = .seconds(60)
            }) { writer in
                let answer = try await log.pool.transaction { connection in
                    try connection.runScript("lock", unsafeSQL: "LOCK TABLE counters IN ACCESS EXCLUSIVE MODE")
                    let answer = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                    try await eventually("it is seen") {
                        try await writer.blockage()?.holders.map(\.application) == ["looker"]
                    }
                    return answer
                }
                #expect(try await answer.value.value == 1)
            }
        }
    }

    enum Freeze: CaseIterable {
        /// It has read, and sends nothing any more.
        case betweenTwoRoundTrips
        /// All but the end of what it sends has arrived.
        case whileItSends
    }

    /// The other node is not frozen itself: what it sends does not arrive, which is the same to the database.
    @Test(arguments: Freeze.allCases)
    func aNodeThatFreezesIsSoonOutOfTheWayOfOthers(freeze: Freeze) async throws {
        try await LogFixture.with { log in
            let proxy = try await PostgresProxy(to: TestCluster.shared.socketFolder)
            let handler = Counters()
            let configure: @Sendable (inout CommandWriterConfiguration) -> Void = {
                $0.lockWaitMax = .milliseconds(100)
                $0.silenceMax = .milliseconds(300)
                $0.watchInterval = .milliseconds(20)
                $0.retryDelay = .milliseconds(5)
                $0.unreachableMax = .seconds(60)
            }
            handler.beforeDeciding.withLock {
                $0 = { _ in
                    if proxy.links.count < 3 { proxy.links.last?.holdBack(freeze == .whileItSends ? 8 : .max) }
                }
            }
            // In an empty log, it could be a restore.
            _ = try await log.withWriter { try await $0.submit(.init(stream: .stream(3), wish: .add(1))) }
            try await log.withWriter(handler, conninfo: proxy.conninfo(log.conninfo), configure: configure) { frozen in
                let first = Task { try await frozen.submit(.init(stream: .stream(1), wish: .add(1))) }
                try await eventually("it is frozen") { proxy.links.last?.holdsSync == true }
                try await log.withWriter(configure: configure) { other in
                    let total = try await other.submit(.init(stream: .stream(2), wish: .add(1)))
                    #expect(total.value == 1)
                }
                // Its own transaction was undone, and is made again.
                #expect(try await first.value.value == 1)
            }
            let events = try await log.allEvents()
            #expect(events.count == 3 && Set(events.map(\.stream)).isSuperset(of: [.stream(1), .stream(2)]))
            expectGaplessChain(events, try await log.reader.head())
        }
    }

    /// Filling an empty log takes as long as what is read takes to come, and is not frozen meanwhile.
    @Test func aSlowRestoreIsNotTakenForAFrozenNode() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: {
                Self.impatient(&$0)
                $0.silenceMax = .milliseconds(50)
            }) { writer in
                let pool = try await LogFixture.makePool(log.conninfo, "writer")
                try await pool.transaction { filler in
                    _ = try filler.query("hold", "SELECT position FROM log.head FOR UPDATE")
                    let end = ContinuousClock.now + .milliseconds(200)
                    try await eventually("it has taken long") {
                        try await writer.blockage() != nil && ContinuousClock.now > end
                    }
                    #expect(try filler.query("alive", "SELECT 1").only(Int.self) == 1)
                }
                await pool.close()
            }
        }
    }
}

extension Metrics {
    fileprivate var text: String { String(decoding: exposition(), as: UTF8.self) }
}
