/// Looks at the lines between the chunks of a body. The library reads them before we see anything, and takes a line feed
/// alone for the end of one. A proxy may read such a line on to the next CR LF, and then finds the end of the body elsewhere.
///
/// The library hands over each piece of a body where it stands in its buffer, and begins every pass over that buffer at
/// the same address: so the lines it read in this pass still stand before the piece. Lines at the very end of a pass
/// are overwritten before the next piece comes, and nothing comes after the last one. What cannot be seen can do no harm,
/// because a connection closes after a body in chunks: see ``Connection/mustClose(after:)``.
struct ChunkLines {
    /// Where every pass begins.
    private let start: Int
    private let bytesMax: Int
    /// Where the last piece ended.
    private var pieceEnd: Int

    /// - Parameter bytesMax: the size of the buffer. What lies further away is not looked at.
    init(start: Int, bytesMax: Int) {
        self.start = start
        self.bytesMax = bytesMax
        pieceEnd = start
    }

    /// Whether every line end that can be seen before this piece is CR LF.
    mutating func areSound(before piece: UnsafeRawBufferPointer) -> Bool {
        let address = Int(bitPattern: piece.baseAddress)
        let previousEnd = pieceEnd
        pieceEnd = address + piece.count
        guard start...(start + bytesMax) ~= address else { return true }
        // Either this is the pass of the piece before, and only the lines between the two are lines; or it is a new one, and
        // all from its start are. Which of them cannot be seen.
        if start...address ~= previousEnd, Self.areSound(previousEnd, address) { return true }
        return Self.areSound(start, address)
    }

    private static func areSound(_ start: Int, _ end: Int) -> Bool {
        var last = UInt8(ascii: " ")
        let lines = unsafe UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: start), count: end - start)
        return unsafe lines.allSatisfy { byte in
            defer { last = byte }
            return byte != UInt8(ascii: "\n") || last == UInt8(ascii: "\r")
        }
    }
}
