/// Bytes that are taken from the front in pieces of any size.
struct ByteQueue {
    private var bytes: [UInt8] = []
    private var taken = 0

    var count: Int { bytes.count - taken }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: [UInt8]) {
        if isEmpty {
            bytes = more
            taken = 0
        } else {
            bytes += more
        }
    }

    /// Moves as many bytes as fit and says how many.
    mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = bytes[taken..<min(bytes.count, taken + buffer.count)]
        unsafe buffer.copyBytes(from: piece)
        taken += piece.count
        if isEmpty {
            bytes = []
            taken = 0
        } else if taken > bytes.count / 2 {
            // Less is moved than was taken, so the moving stays in proportion.
            bytes.removeFirst(taken)
            taken = 0
        }
        return piece.count
    }

    mutating func removeAll() { self = ByteQueue() }
}
