import System
import Testing

@Suite struct LockTests {
    @Test func onlyOneIsInsideAtATime() async {
        final class Shared: Sendable { let count = Lock(0) }
        let shared = Shared()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1_000 { shared.count.withLock { $0 += 1 } } }
            }
        }
        #expect(shared.count.withLock { $0 } == 8_000)
    }

    @Test func theLockIsFreeAgainAfterAnError() {
        struct Broken: Error {}
        let lock = Lock(1)
        #expect(throws: Broken.self) { try lock.withLock { _ throws(Broken) in throw Broken() } }
        #expect(lock.withLock { $0 } == 1)
    }

    @Test func itsValueEndsWithIt() {
        final class Watched: Sendable {}
        weak var watched: Watched?
        do {
            let value = Watched()
            watched = value
            let lock = Lock(value)
            #expect(lock.withLock { $0 === watched })
        }
        #expect(watched == nil)
    }
}
