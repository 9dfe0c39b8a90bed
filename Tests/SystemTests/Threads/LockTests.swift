import Synchronization
import System
import Testing

@Suite struct LockTests {
    @Test func oneTaskAtATimeIsInside() async {
        final class Room: Sendable {
            let numbers = Lock<[Int]>([])
            let inside = Atomic<Int>(0)
        }
        let room = Room()
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<1_000 {
                        room.numbers.withLock { numbers in
                            #expect(room.inside.wrappingAdd(1, ordering: .relaxed).newValue == 1)
                            numbers.append(task * 1_000 + round)
                            room.inside.wrappingSubtract(1, ordering: .relaxed)
                        }
                    }
                }
            }
        }
        #expect(room.numbers.withLock { $0.sorted() } == Array(0..<8_000))
    }

    @Test func anErrorOpensTheLockAgain() {
        struct Refused: Error {}
        let number = Lock(1)
        #expect(throws: Refused.self) { try number.withLock { _ throws(Refused) in throw Refused() } }
        #expect(number.withLock { $0 } == 1)
    }

    @Test func theValueIsReleasedWithItsLock() {
        final class Value: Sendable {}
        weak var seen: Value?
        do {
            let value = Value()
            seen = value
            let lock = Lock(value)
            #expect(lock.withLock { $0 } === seen)
        }
        #expect(seen == nil)
    }
}
