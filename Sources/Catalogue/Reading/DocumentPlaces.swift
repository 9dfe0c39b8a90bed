import JSON

/// Finds the line of a value in a document that is known to be valid JSON.
///
/// It walks the bytes for each question: questions are asked only about mistakes, and files are small.
struct DocumentPlaces {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The place of a member's name or of an array's element; of the innermost that exists when it does not.
    func place(of tokens: [String]) -> (line: Int, column: Int) {
        var walk = self
        walk.skipSpace()
        var found = walk.offset
        for token in tokens {
            guard let start = walk.enter(token) else { break }
            found = start
        }
        return lineAndColumn(of: found)
    }

    /// Goes to the value under that name or index, and tells where it begins, its name included.
    private mutating func enter(_ token: String) -> Int? {
        skipSpace()
        guard let opening = next, opening == UInt8(ascii: "{") || opening == UInt8(ascii: "[") else { return nil }
        offset += 1
        var index = 0
        while true {
            skipSpace()
            guard let byte = next, byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") else { return nil }
            let start = offset
            var isIt = String(index) == token
            if opening == UInt8(ascii: "{") {
                skipString()
                isIt = (try? JSONValue(parsing: Array(bytes[start..<offset])))?.string == token
                skipSpace()
                offset += 1
                skipSpace()
            }
            if isIt { return start }
            skipValue()
            skipSpace()
            if next == UInt8(ascii: ",") { offset += 1 }
            index += 1
        }
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { offset += 1 }
    }

    private mutating func skipString() {
        offset += 1
        while let byte = next, byte != UInt8(ascii: "\"") { offset += byte == UInt8(ascii: "\\") ? 2 : 1 }
        offset = min(offset + 1, bytes.count)
    }

    private mutating func skipValue() {
        var depth = 0
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                skipString()
                if depth == 0 { return }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The bracket that closes what the value is in is not the value's.
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    offset += 1
                    return
                }
            case UInt8(ascii: ","): if depth == 0 { return }
            default: break
            }
            offset += 1
        }
    }

    private func lineAndColumn(of offset: Int) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        // Continuation bytes belong to the character before.
        return (line, before[start...].count { $0 & 0b1100_0000 != 0b1000_0000 } + 1)
    }
}
