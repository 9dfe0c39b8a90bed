/// Looks at the lines between the chunks of a body. The library reads them before we see anything, and takes a line feed
/// alone for the end of one. A proxy may read such a line on to the next CR LF, and then finds the end of the body elsewhere.
///
/// The library hands over each piece of a body where it is in its buffer, and begins every pass over that buffer at
/// the same address: so the lines it read in this pass are still before the piece. Lines at the very end of a pass
/// are overwritten before the next piece comes. After the last piece comes none, so during the first pass, in which it is
/// known how much of the buffer was filled, the next lines are looked at ahead; the empty line at the end always leaves
/// its trace. What cannot be seen can do no harm, because a connection closes after a body in chunks: see
/// ``Connection/mustClose(after:)``.
struct ChunkLines {
    /// Where every pass begins.
    private let start: Int
    private let bytesMax: Int
    /// Where the last piece ended.
    private var pieceEnd: Int
    private var isFirstPass = true

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
        // The line with its size is before the first piece, unless it came alone.
        if address == start || address < previousEnd { isFirstPass = false }
        guard start...(start + bytesMax) ~= address else { return true }
        // Either this is the pass of the piece before, and only the lines between the two are lines; or it is a new one, and
        // all from its start are. Which of them cannot be seen.
        if start...address ~= previousEnd, Self.areSound(previousEnd, address) { return true }
        return Self.areSound(start, address)
    }

    /// How far from the buffer's start the next line, or the one after it, ends in a line feed alone. Asked about a piece just
    /// after ``areSound(before:)``; whether the library has read as far as that yet is for others to know.
    func bareLineFeed(behind piece: UnsafeRawBufferPointer) -> Int? {
        guard isFirstPass else { return nil }
        // The memory behind the buffer is the library's as well: at least two headers have their entries there.
        let behind = unsafe UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: pieceEnd), count: Self.lookAheadBytes)
        var lines = 0
        for index in behind.indices where unsafe behind[index] == UInt8(ascii: "\n") {
            if unsafe index == 0 || behind[index - 1] != UInt8(ascii: "\r") { return pieceEnd - start + index }
            lines += 1
            if lines == 2 { break }
        }
        return nil
    }

    /// Enough for the end of a chunk and the line of the next with the longest size.
    private static let lookAheadBytes = 32

    /// Whether the empty line behind the last chunk was a line feed alone, where no trailers came before it. When all is here:
    /// the library has then moved that line to the start of its buffer, and put a NUL for each byte of it.
    var endsInBareLineFeed: Bool {
        guard let buffer = unsafe UnsafeRawPointer(bitPattern: start) else { return false }
        return unsafe buffer.load(as: UInt8.self) == 0 && buffer.load(fromByteOffset: 1, as: UInt8.self) != 0
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
