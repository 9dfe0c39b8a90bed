/// Makes batches of what a COPY sends: takes off the head and the end of the format, and checks every length once.
struct CopyReader {
    private var hasHead = false
    private(set) var rowCount = 0
    private var isAtEnd = false

    /// The next batch; nil after the last.
    mutating func next(_ session: Session) throws(PostgresError) -> CopyBatch? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(CopyBatch.batchBytes + 4_096)
        while !isAtEnd {
            var messages = 0
            isAtEnd = try !session.getCopy(into: &bytes, count: &messages, limit: CopyBatch.batchBytes)
            if !hasHead, !bytes.isEmpty { try takeHead(&bytes) }
            let count = try takeRows(&bytes)
            guard count > 0 else { continue }
            rowCount += count
            return CopyBatch(bytes: bytes, count: count)
        }
        return nil
    }

    private mutating func takeHead(_ bytes: inout [UInt8]) throws(PostgresError) {
        guard bytes.count >= 19, bytes.starts(with: CopyFormat.signature) else {
            throw .decoding("a COPY that does not begin as one")
        }
        let extensionLength = Int(try unsafe bytes.span.bytes.integer(at: 15, as: UInt32.self))
        guard bytes.count >= 19 + extensionLength else { throw .decoding("a COPY whose head is cut off") }
        bytes.removeFirst(19 + extensionLength)
        hasHead = true
    }

    /// Counts the rows and cuts off the end mark.
    private func takeRows(_ bytes: inout [UInt8]) throws(PostgresError) -> Int {
        var count = 0
        var offset = 0
        while offset < bytes.count {
            if try unsafe bytes.span.bytes.integer(at: offset, as: Int16.self) == -1 {
                bytes.removeLast(bytes.count - offset)
                break
            }
            offset = try unsafe CopyFormat.endOfRow(bytes.span.bytes, from: offset)
            count += 1
        }
        return count
    }
}
