extension JSONParser {
    /// The string whose opening quote is next.
    mutating func string(_ bytes: Span<UInt8>) throws(JSONParseError) -> String {
        let start = offset + 1
        offset = bytes.firstSpecial(from: start)
        guard offset < bytes.count, bytes[offset] == Byte.quote else {
            return try stringWithEscapes(from: start, bytes)
        }
        // The whole document was validated.
        let text = unsafe UTF8Span(unchecked: bytes.extracting(start..<offset), isKnownASCII: isASCII)
        offset += 1
        return String(copying: text)
    }

    /// Continues from the first backslash of a string, or from what should not be in it.
    @inline(never)
    private mutating func stringWithEscapes(from start: Int, _ bytes: Span<UInt8>) throws(JSONParseError) -> String {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(bytes.extracting(start..<offset))
        while offset < bytes.count {
            switch bytes[offset] {
            case Byte.quote:
                offset += 1
                return String(decoding: scratch, as: UTF8.self)
            case Byte.backslash: try escape(bytes)
            default:
                throw error(
                    .controlCharacter, "a control character in a string must be escaped, as \\n or \\u0007", bytes)
            }
            let plain = offset
            offset = bytes.firstSpecial(from: plain)
            scratch.append(bytes.extracting(plain..<offset))
        }
        throw unexpected("the closing quote of a string", bytes)
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(JSONParseError) {
        let start = offset
        guard offset + 1 < bytes.count else {
            offset += 1
            throw unexpected("an escape", bytes)
        }
        offset += 2
        switch bytes[start + 1] {
        case Byte.quote: scratch.append(Byte.quote)
        case Byte.backslash: scratch.append(Byte.backslash)
        case UInt8(ascii: "/"): scratch.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(Byte.lineFeed)
        case UInt8(ascii: "r"): scratch.append(Byte.carriageReturn)
        case UInt8(ascii: "t"): scratch.append(Byte.tab)
        case UInt8(ascii: "u"):
            scratch.append(contentsOf: UTF8.encode(try escapedScalar(bytes, from: start)) ?? .init())
        default:
            offset = start
            throw error(.invalidEscape, "no such escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX exist", bytes)
        }
    }

    /// The character of `\uXXXX`, or of a pair of them beyond U+FFFF, whose backslash stood at `start`.
    private mutating func escapedScalar(
        _ bytes: Span<UInt8>, from start: Int
    ) throws(JSONParseError) -> Unicode.Scalar {
        let high = try fourHexDigits(bytes)
        if let scalar = Unicode.Scalar(high) { return scalar }
        if high < 0xDC00, offset + 1 < bytes.count, bytes[offset] == Byte.backslash,
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            offset += 2
            let low = try fourHexDigits(bytes)
            if (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            {
                return scalar
            }
        }
        offset = start
        throw error(.invalidEscape, "half a surrogate pair is not a character: write both halves", bytes)
    }

    private mutating func fourHexDigits(_ bytes: Span<UInt8>) throws(JSONParseError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard offset < bytes.count else { throw unexpected("a hexadecimal digit", bytes) }
            switch bytes[offset] {
            case let byte where Byte.zero...Byte.nine ~= byte: value = value << 4 | UInt32(byte - Byte.zero)
            case let byte where UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20:
                value = value << 4 | UInt32((byte | 0x20) - UInt8(ascii: "a") + 10)
            default: throw error(.invalidEscape, "\\u needs four hexadecimal digits", bytes)
            }
            offset += 1
        }
        return value
    }
}
