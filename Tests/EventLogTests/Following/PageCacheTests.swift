import TestSupport
import Testing

@testable import EventLog

@Suite struct PageCacheTests {
    @Test func theOldestPagesGoFirst() {
        var cache = PageCache<Int, String>(bytesMax: 100)
        for number in 1...3 { cache.keep("page \(number)", bytes: 40, for: number) }
        #expect((cache[1], cache[2], cache[3]) == (nil, "page 2", "page 3"))
        #expect(cache.bytes == 80)
        cache.keep("another page 2", bytes: 1, for: 2)
        #expect(cache[2] == "page 2")
        cache.keep("too large", bytes: 101, for: 4)
        #expect((cache[4], cache.count) == (nil, 2))
    }

    @Test func whateverComesTheLatestThatFitAreThere() {
        var random = SeededRandom.forTest()
        var cache = PageCache<Int, Int>(bytesMax: 1_000)
        var all: [(key: Int, bytes: Int)] = []
        for key in 0..<Effort.rounds(2_000) {
            let bytes = Int.random(in: 0...400, using: &random)
            cache.keep(-key, bytes: bytes, for: key)
            all.append((key, bytes))
            var left = 1_000
            let kept = all.reversed().prefix { page in
                left -= page.bytes
                return left >= 0
            }
            #expect(cache.bytes == kept.reduce(0) { $0 + $1.bytes })
            #expect(cache.count == kept.count)
            #expect(kept.allSatisfy { cache[$0.key] == -$0.key })
        }
    }
}
