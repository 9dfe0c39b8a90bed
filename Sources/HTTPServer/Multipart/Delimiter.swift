/// Finds the line that separates the parts, in chunks that may end anywhere within it.
struct Delimiter: Sendable {
    /// The line break belongs to the delimiter, not to the part before it.
    let bytes: [UInt8]
    /// How far the window may jump, by the byte under its end (Horspool).
    private let jumps: [Int]

    init(boundary: String) {
        bytes = Array("\r\n--\(boundary)".utf8)
        var jumps = [Int](repeating: bytes.count, count: 256)
        for (index, byte) in bytes.dropLast().enumerated() { jumps[Int(byte)] = bytes.count - 1 - index }
        self.jumps = jumps
    }

    enum Match: Equatable {
        /// The delimiter begins at this offset.
        case found(Int)
        /// It is not there; it may begin at this offset, which is the end where nothing looks like it.
        case notBefore(Int)
    }

    func find(in buffer: Span<UInt8>, from start: Int) -> Match {
        let pattern = bytes.span
        let jumps = jumps.span
        let last = pattern.count - 1
        var at = start
        while at + last < buffer.count {
            let under = buffer[at + last]
            if under == pattern[last], Self.begins(buffer, at, with: pattern, count: last) { return .found(at) }
            at += jumps[Int(under)]
        }
        // What is left is shorter than the delimiter: the jumps went over nothing that could begin one.
        at = max(start, min(at, buffer.count))
        while at < buffer.count {
            if Self.begins(buffer, at, with: pattern, count: buffer.count - at) { return .notBefore(at) }
            at += 1
        }
        return .notBefore(buffer.count)
    }

    private static func begins(_ buffer: Span<UInt8>, _ at: Int, with pattern: Span<UInt8>, count: Int) -> Bool {
        var index = 0
        while index < count {
            if buffer[at + index] != pattern[index] { return false }
            index += 1
        }
        return true
    }
}
