import System
import TestSupport
import Testing

@Suite struct ZoneTests {
    /// As in Berlin in 2026: an hour ahead, two from 29 March 01:00 UTC to 25 October 01:00 UTC.
    private let berlin = Zone { seconds in
        let (spring, autumn): (Int64, Int64) = (1_774_746_000, 1_792_890_000)
        return spring..<autumn ~= seconds ? 7_200 : 3_600
    }

    private func wall(_ month: Int64, _ day: Int64, _ hours: Int64, _ minutes: Int64 = 0) -> WallTime {
        WallTime(date: Civil(year: 2026, month: month, day: day), secondsOfDay: hours * 3_600 + minutes * 60)
    }

    @Test func aMomentIsWhatTheClockShows() throws {
        #expect(berlin.moment(of: wall(11, 20, 18)) == Timestamp("2026-11-20T18:00:00+01:00"))
        #expect(berlin.moment(of: wall(7, 1, 0)) == Timestamp("2026-06-30T22:00:00Z"))
        #expect(berlin.wall(at: try #require(Timestamp("2026-06-30T22:30:00.5Z"))) == wall(7, 1, 0, 30))
        #expect(Zone.utc.wall(at: Timestamp(microsecondsSinceEpoch: -1)).date == Civil(year: 1969, month: 12, day: 31))
    }

    @Test func anHourThatComesTwiceIsTheFirstAndOneThatIsLeftOutTheNext() {
        #expect(berlin.moment(of: wall(10, 25, 2, 30)) == Timestamp("2026-10-25T00:30:00Z"))
        #expect(berlin.moment(of: wall(3, 29, 2, 30)) == Timestamp("2026-03-29T01:30:00Z"))
    }

    @Test func everyMomentIsFoundAgainByItsClock() {
        var random = SeededRandom.forTest()
        for zone in [berlin, .utc, .ofThisProcess] {
            for _ in 0..<2_000 {
                let moment = Timestamp(
                    microsecondsSinceEpoch: Int64.random(in: -2_000_000_000...4_000_000_000, using: &random) * 1_000_000
                )
                let wall = zone.wall(at: moment)
                let found = zone.moment(of: wall)
                // In the hour that comes twice it is the first of the two.
                #expect(found == moment || zone.wall(at: found) == wall && found < moment)
                #expect(0..<86_400 ~= wall.secondsOfDay)
            }
        }
    }

    @Test func anIdentifierTellsWhenItWasMade() throws {
        let clock = ScriptedWallClock(try #require(Timestamp("2026-11-21T06:10:34.123Z")))
        #expect(TimeOrderedIdentifiers(clock: clock).next().timeMade == clock.now())
        #expect(UUID(high: 0x0197_a1b2_0000_4000, low: 0).timeMade == nil)
    }
}
