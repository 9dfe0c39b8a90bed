import Cryptography
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct EventRingTests {
    private func events(_ positions: ClosedRange<Int>, bytes: Int = 0) -> [Event] {
        positions.map { position in
            Event(
                position: position, recordedAt: Timestamp(microsecondsSinceEpoch: 0), stream: .stream(1),
                version: position, category: "c", type: "c.t", schemaVersion: 1,
                data: Array(repeating: 0x20, count: bytes), meta: [], hash: .zero)
        }
    }

    private func ring(after position: Int, eventsMax: Int = 10, bytesMax: Int = 1 << 20) -> EventRing {
        EventRing(after: position, eventsMax: eventsMax, bytesMax: bytesMax)
    }

    private func positions(_ answer: EventRing.Answer) -> [Int]? {
        switch answer {
        case .events(let events): events.map(\.position)
        case .upToDate: []
        case .gone: nil
        }
    }

    @Test func theLatestAreThereAndTheOthersGone() {
        var ring = ring(after: 5)
        #expect(positions(ring.events(after: 5, max: 100)) == [])
        #expect(positions(ring.events(after: 4, max: 100)) == nil)
        ring.append(events(6...20))
        #expect(ring.count == 10)
        #expect(positions(ring.events(after: 9, max: 100)) == nil)
        #expect(positions(ring.events(after: 10, max: 3)) == [11, 12, 13])
        #expect(positions(ring.events(after: 19, max: 3)) == [20])
        #expect(positions(ring.events(after: 20, max: 3)) == [])
        #expect(positions(ring.events(after: 99, max: 3)) == [])
    }

    @Test func bytesAreLimitedToo() {
        var ring = ring(after: 0, bytesMax: 2_500)
        ring.append(events(1...3, bytes: 1_000))
        #expect(positions(ring.events(after: 0, max: 10)) == nil)
        #expect(positions(ring.events(after: 1, max: 10)) == [2, 3])
        ring.append(events(4...4, bytes: 1_000_000))
        #expect(ring.count == 0)
        #expect(positions(ring.events(after: 3, max: 10)) == nil)
        #expect(positions(ring.events(after: 4, max: 10)) == [])
    }

    @Test func aGapForgetsWhatWasBefore() {
        var ring = ring(after: 0)
        ring.append(events(1...3))
        ring.append(events(7...8))
        #expect(positions(ring.events(after: 3, max: 10)) == nil)
        #expect(positions(ring.events(after: 6, max: 10)) == [7, 8])
    }

    @Test func anyNumberOfEventsComesOutAsItWentIn() {
        var random = SeededRandom.forTest()
        var ring = ring(after: 0, eventsMax: 50)
        var last = 0
        for _ in 0..<Effort.rounds(500) {
            let count = Int.random(in: 1...70, using: &random)
            ring.append(events(last + 1...last + count))
            last += count
            let behind = Int.random(in: 0...60, using: &random)
            let got = positions(ring.events(after: last - behind, max: 1_000))
            #expect(ring.count == min(50, last))
            #expect(got == (behind <= min(50, last) ? Array(last - behind + 1..<last + 1) : nil))
        }
    }
}
