import System
import TestSupport
import Testing

@Suite struct UUIDTests {
    @Test func anIdentifierSurvivesItsText() {
        var random = SeededRandom.forTest()
        for _ in 0..<5_000 {
            let identifier = UUID(high: random.next(), low: random.next())
            #expect(UUID(identifier.description) == identifier)
            #expect(UUID(identifier.description.uppercased()) == identifier)
        }
    }

    @Test func textAndBytesAreInNetworkOrder() {
        let identifier = UUID(high: 0x0001_0203_0405_0607, low: 0x0809_0a0b_0c0d_0e0f)
        #expect(identifier.description == "00010203-0405-0607-0809-0a0b0c0d0e0f")
        #expect(identifier.bytes == Array(0...15))
        #expect(UUID("ffffffff-ffff-ffff-ffff-ffffffffffff") == UUID(high: .max, low: .max))
    }

    @Test(arguments: [
        "", "-", "00010203-0405-0607-0809-0a0b0c0d0e0", "00010203-0405-0607-0809-0a0b0c0d0e0f0",
        "000102030405060708090a0b0c0d0e0f", "{00010203-0405-0607-0809-0a0b0c0d0e0f}",
        "0001020-30405-0607-0809-0a0b0c0d0e0f", "0001020g-0405-0607-0809-0a0b0c0d0e0f",
        "00010203-0405-0607-0809-0a0b0c0d0e0\0", " 0010203-0405-0607-0809-0a0b0c0d0e0f",
        "０0010203-0405-0607-0809-0a0b0c0d0e", "+0010203-0405-0607-0809-0a0b0c0d0e0f",
    ])
    func whatIsNoIdentifierIsRefused(_ text: String) {
        #expect(UUID(text) == nil)
    }

    @Test func orderIsThatOfTheBytes() {
        var random = SeededRandom.forTest()
        for _ in 0..<1_000 {
            let one = UUID(high: random.next() & 1, low: random.next())
            let two = UUID(high: random.next() & 1, low: random.next())
            #expect((one < two) == one.bytes.lexicographicallyPrecedes(two.bytes))
        }
    }
}

@Suite struct TimeOrderedIdentifiersTests {
    @Test func theTimeAndTheVersionAreInTheIdentifier() {
        let clock = ScriptedWallClock(Timestamp(microsecondsSinceEpoch: 0x0123_4567_89AB * 1_000 + 999))
        let identifier = TimeOrderedIdentifiers(clock: clock, generator: SeededRandom(seed: 1)).next()
        #expect(identifier.high >> 16 == 0x0123_4567_89AB)
        #expect(identifier.high >> 12 & 0xF == 7)
        #expect(identifier.low >> 62 == 0b10)
    }

    @Test func withinOneMillisecondTheyStillGrow() {
        let source = TimeOrderedIdentifiers(clock: ScriptedWallClock(), generator: SeededRandom(seed: 2))
        // More than the counter holds.
        let all = (0..<20_000).map { _ in source.next() }
        #expect(zip(all, all.dropFirst()).allSatisfy(<))
        #expect(all.allSatisfy { $0.high >> 12 & 0xF == 7 && $0.low >> 62 == 0b10 })
    }

    @Test func aClockThatGoesBackDoesNotTakeThemBack() {
        let clock = ScriptedWallClock()
        let source = TimeOrderedIdentifiers(clock: clock, generator: SeededRandom(seed: 3))
        var last = source.next()
        for step in [Duration.seconds(-3_600), .milliseconds(1), .seconds(-1_000_000_000_000), .seconds(7_200)] {
            clock.advance(by: step)
            let next = source.next()
            #expect(last < next)
            last = next
        }
    }

    @Test func aMomentBeforeTheEpochCountsAsTheEpoch() {
        let clock = ScriptedWallClock(Timestamp(microsecondsSinceEpoch: -5_000))
        let source = TimeOrderedIdentifiers(clock: clock, generator: SeededRandom(seed: 4))
        #expect(source.next() < source.next())
    }

    @Test func manyAtOnceAreAllDifferent() async {
        let source = TimeOrderedIdentifiers()
        let all = await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { (0..<2_000).map { _ in source.next() } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(all.joined()).count == 16_000)
        // Each task saw its own grow.
        for one in all { #expect(zip(one, one.dropFirst()).allSatisfy(<)) }
    }
}
