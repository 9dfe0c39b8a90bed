import System
import TestSupport
import Testing

@Suite struct ScriptedTests {
    @Test func theWallClockStandsStillUntilMoved() {
        let clock = ScriptedWallClock()
        #expect(clock.now().description == "2026-11-21T06:10:34.000000Z")
        #expect(clock.now() == clock.now())
        clock.advance(by: .milliseconds(1_500))
        #expect(clock.now().description == "2026-11-21T06:10:35.500000Z")
        clock.advance(by: .seconds(-2))
        #expect(clock.now().description == "2026-11-21T06:10:33.500000Z")
        clock.set(Timestamp(microsecondsSinceEpoch: 0))
        #expect(clock.now().microsecondsSinceEpoch == 0)
    }

    @Test func sleepersWakeWhenTheirTimeHasComeAndNotBefore() async throws {
        let clock = ScriptedClock()
        let woken = Woken()
        let tasks = [30, 10, 20].map { seconds in
            Task {
                try await clock.sleep(for: .seconds(seconds))
                woken.note(seconds)
            }
        }
        try await clock.waitForSleepers(3)
        #expect(clock.nextDeadline?.offset == .seconds(10))
        clock.advance(by: .seconds(9))
        #expect(clock.sleeperCount == 3)
        clock.advance(by: .seconds(1))
        try await eventually { woken.all == [10] }
        #expect(clock.sleeperCount == 2)
        clock.advance(by: .seconds(100))
        for task in tasks { try await task.value }
        #expect(Set(woken.all) == [10, 20, 30])
        #expect(clock.nextDeadline == nil)
    }

    @Test func aSleepThatIsOverAlreadyDoesNotWait() async throws {
        let clock = ScriptedClock()
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: clock.now, tolerance: nil)
        try await clock.sleep(for: .seconds(-1))
    }

    @Test func aCancelledSleeperWakesWithAnError() async throws {
        let clock = ScriptedClock()
        let sleeping = Task { try await clock.sleep(for: .seconds(1)) }
        try await clock.waitForSleepers(1)
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        #expect(clock.sleeperCount == 0)
        let cancelledBefore = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await cancelledBefore.value }
    }

    @Test func theClockServesWhereAnyClockIsAskedFor() async throws {
        let clock = ScriptedClock()
        let anyClock: any Clock<Duration> = clock
        let sleeping = Task { try await anyClock.sleep(for: .seconds(60)) }
        try await clock.waitForSleepers(1)
        clock.advance(by: .seconds(60))
        try await sleeping.value
    }

    @Test func identifiersComeAsGivenAndThenNumbered() {
        let given = UUID(high: 1, low: 2)
        let source = ScriptedIdentifiers([given])
        #expect(source.next() == given)
        #expect(source.next().description == "00000000-0000-7000-8000-000000000001")
        #expect(source.next() == ScriptedIdentifiers.numbered(2))
        #expect(ScriptedIdentifiers.numbered(2) > ScriptedIdentifiers.numbered(1))
    }

    @Test func aSeedGivesTheSameNumbersAgain() {
        var first = SeededRandom(seed: 1_234_567)
        // The algorithm's published first numbers for this seed.
        #expect(
            (0..<3).map { _ in first.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
        var one = SeededRandom.forTest()
        var two = SeededRandom(seed: one.seed)
        #expect((0..<100).map { _ in one.next() } == (0..<100).map { _ in two.next() })
    }

    private final class Woken: Sendable {
        private let order = Lock<[Int]>([])
        var all: [Int] { order.withLock { $0 } }
        func note(_ seconds: Int) { order.withLock { $0.append(seconds) } }
    }
}
