import System
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (-2_203_891_200_000_001, "1900-02-28T23:59:59.999999Z"),
            (1_709_251_199_999_999, "2024-02-29T23:59:59.999999Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
            (253_402_300_800_000_000, "+010000-01-01T00:00:00.000000Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
            (-62_167_219_200_000_001, "-000001-12-31T23:59:59.999999Z"),
            (.max, "+294247-01-10T04:00:54.775807Z"),
            (.min, "-290308-12-21T19:59:05.224192Z"),
        ] as [(Int64, String)])
    func aMomentIsWrittenAndReadBack(_ microseconds: Int64, _ text: String) {
        #expect(Timestamp(microsecondsSinceEpoch: microseconds).description == text)
        #expect(Timestamp(text)?.microsecondsSinceEpoch == microseconds)
    }

    @Test(arguments: [
        ("2026-11-21T06:10:34.5+01:00", "2026-11-21T05:10:34.500000Z"),
        ("2026-11-21T06:10:34-00:00", "2026-11-21T06:10:34.000000Z"),
        ("2026-11-21t06:10:34z", "2026-11-21T06:10:34.000000Z"),
        ("2026-11-21 06:10:34.123456Z", "2026-11-21T06:10:34.123456Z"),
        ("2026-12-31T23:59:59.999999-23:59", "2027-01-01T23:58:59.999999Z"),
        ("2024-03-01T00:00:00+00:01", "2024-02-29T23:59:00.000000Z"),
        ("2023-03-01T00:00:00+00:01", "2023-02-28T23:59:00.000000Z"),
        ("0000-01-01T00:00:00+00:01", "-000001-12-31T23:59:00.000000Z"),
    ])
    func whatOthersWriteIsRead(_ text: String, _ inUTC: String) {
        #expect(Timestamp(text)?.description == inUTC)
    }

    @Test(arguments: [
        "", "2026", "2026-11-21", "2026-11-21T06:10Z", "2026-11-21T06:10:34", "2026-11-21T06:10:34.Z",
        "2026-11-21T06:10:34.1234567Z", "2026-11-21T06:10:34Z ", " 2026-11-21T06:10:34Z", "2026-11-21X06:10:34Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T06:60:00Z",
        "2016-12-31T23:59:60Z", "2026-11-21T06:10:34+24:00", "2026-11-21T06:10:34+01:60", "2026-11-21T06:10:34+0100",
        "2026-11-21T06:10:34+1", "-2026-11-21T06:10:34Z", "+002026-11-21T06:10:34Z", "-000000-01-01T00:00:00Z",
        "+999999-01-01T00:00:00Z", "-999999-01-01T00:00:00Z", "+294247-01-10T04:00:54.775808Z",
        "２０２６-11-21T06:10:34Z", "2026-11-21T06:10:34Z\0", "2026-1a-21T06:10:34Z",
    ])
    func whatIsNoMomentIsRefused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func everyMomentSurvivesItsText() {
        var random = SeededRandom.forTest()
        for _ in 0..<20_000 {
            // Few bits as often as many, so that moments near the epoch come up too.
            let microseconds = Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random)
            let timestamp = Timestamp(microsecondsSinceEpoch: microseconds)
            #expect(Timestamp(timestamp.description) == timestamp)
        }
    }

    @Test func noTextCrashesTheReader() {
        var random = SeededRandom.forTest()
        let model = Array("2026-11-21T06:10:34.123456+01:00".utf8)
        for _ in 0..<20_000 {
            var bytes = model
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                bytes[at] = UInt8.random(in: 0...255, using: &random)
            }
            let read = Timestamp(
                String(decoding: bytes.prefix(Int.random(in: 0...bytes.count, using: &random)), as: UTF8.self))
            if let read { #expect(Timestamp(read.description) == read) }
        }
    }

    @Test func sumsStopAtTheEndsOfTime() {
        let first = Timestamp(microsecondsSinceEpoch: .min)
        let last = Timestamp(microsecondsSinceEpoch: .max)
        #expect(last + .seconds(1) == last && first - .seconds(1) == first)
        #expect(last - .seconds(-1) == last && first + .seconds(-1) == first)
        #expect(first + .seconds(Int64.max) == Timestamp(microsecondsSinceEpoch: -1))
        #expect(last - first == .microseconds(Int64.max) - .microseconds(Int64.min))
        #expect(first < last && last - .microseconds(1) < last)
    }

    @Test func durationsAreCountedInWholeUnits() {
        #expect(Duration.nanoseconds(1_999).wholeMicroseconds == 1)
        #expect(Duration.nanoseconds(-1_999).wholeMicroseconds == -1)
        #expect(Duration.milliseconds(1_999).wholeMilliseconds == 1_999)
        #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
        #expect(Duration.seconds(Int64.max).wholeMicroseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMicroseconds == .min)
    }

    @Test func theSystemsClockTellsTheTime() {
        let before = SystemWallClock().now()
        #expect(before > Timestamp(microsecondsSinceEpoch: 1_700_000_000_000_000))
        #expect(before.description.utf8.count == 27)
    }
}

@Suite struct CivilTests {
    @Test func everyDayFollowsTheOneBefore() {
        // Two eras of 400 years around the year 0, and two around now.
        for range in [-865_625...(-573_430), -146_097...146_097] {
            var before = Civil(daysSinceEpoch: Int64(range.lowerBound - 1))
            for day in range {
                let date = Civil(daysSinceEpoch: Int64(day))
                let endsMonth = before.day == Civil.days(in: before.month, of: before.year)
                let endsYear = endsMonth && before.month == 12
                let expected = Civil(
                    year: before.year + (endsYear ? 1 : 0), month: endsYear ? 1 : before.month + (endsMonth ? 1 : 0),
                    day: endsMonth ? 1 : before.day + 1)
                if date != expected || date.daysSinceEpoch != Int64(day) {
                    Issue.record("day \(day) is \(date), after \(before)")
                    return
                }
                before = date
            }
        }
    }

    @Test func aKnownDayIsRight() {
        #expect(Civil(daysSinceEpoch: 20_778) == Civil(year: 2026, month: 11, day: 21))
        #expect(Civil.days(in: 2, of: 2000) == 29 && Civil.days(in: 2, of: 2100) == 28)
    }
}
