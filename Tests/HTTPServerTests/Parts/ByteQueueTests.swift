internal import TestSupport
internal import Testing

@testable internal import HTTPServer

@Suite struct ByteQueueTests {
    @Test func whatIsPutInComesOutInOrderInPiecesOfAnySize() {
        var random = SeededRandom.forTest()
        var queue = ByteQueue()
        var (written, read): ([UInt8], [UInt8]) = ([], [])
        for _ in 0..<Effort.rounds(3_000) {
            if Bool.random(using: &random) {
                let bytes = (0..<Int.random(in: 0...50, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let part = Int.random(in: 0...bytes.count, using: &random)
                queue.append(bytes[..<part])
                queue.append(Array(bytes[part...]))
                written += bytes
            } else {
                let count = Int.random(in: 1...70, using: &random)
                read += unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
                    taken = unsafe queue.take(into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
            #expect(queue.count == written.count - read.count)
            #expect(queue.isEmpty == (written.count == read.count))
        }
        #expect(written.starts(with: read))
    }
}
