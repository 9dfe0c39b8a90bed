import TestSupport
import Testing

@testable import System

@Suite struct QueueTests {
    /// A turnstile in steady use never emptied its queue, and so kept everybody who had ever waited.
    @Test func aQueueThatIsNeverEmptyStaysAsSmallAsWhatWaits() {
        var queue = Queue<Int>()
        for number in 0..<10 { queue.append(number) }
        for number in 10..<100_000 {
            queue.append(number)
            #expect(queue.popFirst() == number - 10)
            if queue.count != 10 || queue.places > 64 { Issue.record("\(queue.count) in \(queue.places) places") }
        }
    }

    @Test func whatWasTakenOutIsLetGo() {
        final class Thing {}
        var queue = Queue<Thing>()
        weak var first: Thing?
        do {
            let thing = Thing()
            first = thing
            queue.append(thing)
            queue.append(Thing())
        }
        #expect(first != nil)
        _ = queue.popFirst()
        #expect(first == nil)
        #expect(queue.count == 1)
    }

    @Test func theOrderStaysWhateverIsDropped() {
        var random = SeededRandom.forTest()
        var queue = Queue<Int>()
        var model: [Int] = []
        for number in 0..<10_000 {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<55:
                queue.append(number)
                model.append(number)
            case 55..<98: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            default:
                queue.keep { $0 % 3 != 0 }
                model.removeAll { $0 % 3 == 0 }
            }
            #expect(queue.count == model.count)
        }
    }
}
