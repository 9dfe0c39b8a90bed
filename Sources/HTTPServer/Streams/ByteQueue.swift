/// Bytes that are taken from the front in pieces of any size. What is put in is shared, not copied, until it is taken.
struct ByteQueue {
    private var pieces: [ArraySlice<UInt8>] = []
    /// Of `pieces`, so many were taken already.
    private var first = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: [UInt8]) { append(more[...]) }

    mutating func append(_ more: ArraySlice<UInt8>) {
        if more.isEmpty { return }
        pieces.append(more)
        count += more.count
    }

    /// Moves as many bytes as fit and says how many.
    mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var taken = 0
        while taken < buffer.count, first < pieces.count {
            let piece = pieces[first].prefix(buffer.count - taken)
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[taken...]).copyBytes(from: piece)
            taken += piece.count
            pieces[first] = pieces[first].dropFirst(piece.count)
            if pieces[first].isEmpty {
                // Lets go of the memory at once.
                pieces[first] = []
                first += 1
            }
        }
        count -= taken
        if first > pieces.count / 2 {
            // Fewer are moved than were taken, so the moving stays in proportion.
            pieces.removeFirst(first)
            first = 0
        }
        return taken
    }

    mutating func removeAll() { self = ByteQueue() }
}
