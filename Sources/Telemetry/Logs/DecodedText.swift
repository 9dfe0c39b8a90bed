/// A text with what is encoded in it decoded, and where in the text each byte came from.
///
/// `api%5Fkey`, `api\u005fkey` and `api&#95;key` are names of a secret as well as `api_key` is.
struct DecodedText {
    let bytes: [UInt8]
    /// Where each byte begins in the text, and where the text ends; nil where nothing was encoded.
    private let starts: [Int]?
    /// How often each byte was encoded; nil where nothing was.
    private let depths: [UInt8]?

    /// Names are encoded once or twice, as in an address within an address.
    private static let depthMax = 3

    init(_ text: String) {
        var bytes = Array(text.utf8)
        guard bytes.indices.contains(where: { Self.beginsCode(bytes[$0]) && Self.code(bytes[$0...]) != nil }) else {
            (self.bytes, starts, depths) = (bytes, nil, nil)
            return
        }
        var starts = Array(0...bytes.count)
        var depths = [UInt8](repeating: 0, count: bytes.count)
        for _ in 0..<Self.depthMax {
            guard Self.decode(&bytes, &starts, &depths) else { break }
        }
        (self.bytes, self.starts, self.depths) = (bytes, starts, depths)
    }

    /// Where these bytes are in the text.
    func place(of range: Range<Int>) -> Range<Int> {
        guard let starts else { return range }
        return starts[range.lowerBound]..<starts[range.upperBound]
    }

    /// Zero for a byte that is in the text as it is.
    func depth(_ index: Int) -> UInt8 { depths?[index] ?? 0 }

    private static func beginsCode(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "&")
    }

    /// Decodes once; false where there was nothing to decode.
    private static func decode(_ bytes: inout [UInt8], _ starts: inout [Int], _ depths: inout [UInt8]) -> Bool {
        var to = 0
        var at = 0
        while at < bytes.count {
            var byte = bytes[at]
            var depth = depths[at]
            var length = 1
            if beginsCode(byte), let code = code(bytes[at...]) {
                (byte, length) = code
                depth = 1 + (depths[at..<(at + length)].max() ?? 0)
            }
            (bytes[to], starts[to], depths[to]) = (byte, starts[at], depth)
            to += 1
            at += length
        }
        guard to < bytes.count else { return false }
        starts[to] = starts[bytes.count]
        bytes.removeSubrange(to...)
        starts.removeSubrange((to + 1)...)
        depths.removeSubrange(to...)
        return true
    }

    /// The byte that these begin to stand for, and how many of them do. Letters beyond ASCII stay encoded: no name of a
    /// secret has any.
    private static func code(_ bytes: ArraySlice<UInt8>) -> (byte: UInt8, length: Int)? {
        func number(_ digits: ArraySlice<UInt8>, _ radix: Int) -> UInt8? {
            guard !digits.isEmpty, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
                let number = Int(String(decoding: digits, as: UTF8.self), radix: radix), number < 0x80
            else { return nil }
            return UInt8(number)
        }
        func hexadecimal(behind prefix: String, _ count: Int) -> (byte: UInt8, length: Int)? {
            guard bytes.starts(with: prefix.utf8) else { return nil }
            let digits = bytes.dropFirst(prefix.utf8.count).prefix(count)
            guard digits.count == count else { return nil }
            return number(digits, 16).map { ($0, prefix.utf8.count + count) }
        }
        switch bytes.first {
        case UInt8(ascii: "%"): return hexadecimal(behind: "%", 2)
        case UInt8(ascii: "\\"): return hexadecimal(behind: "\\u", 4) ?? hexadecimal(behind: "\\x", 2)
        default: break
        }
        guard let end = bytes.prefix(8).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = bytes[(bytes.startIndex + 1)..<end]
        let length = end + 1 - bytes.startIndex
        guard name.first == UInt8(ascii: "#") else {
            return entities.first { $0.name.elementsEqual(name) }.map { ($0.byte, length) }
        }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first.map { $0 | 0x20 } == UInt8(ascii: "x")
        return (isHexadecimal ? number(digits.dropFirst(), 16) : number(digits, 10)).map { ($0, length) }
    }

    private static let entities: [(name: [UInt8], byte: UInt8)] = [
        (Array("quot".utf8), UInt8(ascii: "\"")), (Array("apos".utf8), UInt8(ascii: "'")),
        (Array("amp".utf8), UInt8(ascii: "&")), (Array("lt".utf8), UInt8(ascii: "<")),
        (Array("gt".utf8), UInt8(ascii: ">")),
    ]
}
