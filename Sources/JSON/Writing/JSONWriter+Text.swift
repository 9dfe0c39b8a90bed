extension JSONWriter {
    /// Appends text in quotes. Only what must be escaped is: quotes, backslashes and control characters.
    mutating func append(quoting text: String) {
        let source = text.utf8Span.span
        bytes.append(Byte.quote)
        var copied = 0
        var special = source.firstSpecial(from: 0)
        while special < source.count {
            bytes.append(source.extracting(copied..<special))
            append(escaping: source[special])
            copied = special + 1
            special = source.firstSpecial(from: copied)
        }
        bytes.append(source.extracting(copied...))
        bytes.append(Byte.quote)
    }

    /// Appends text that needs no escaping and no quotes.
    mutating func append(plain text: String) {
        bytes.append(text.utf8Span.span)
    }

    private mutating func append(escaping byte: UInt8) {
        bytes.append(Byte.backslash)
        switch byte {
        case Byte.quote, Byte.backslash: bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case Byte.lineFeed: bytes.append(UInt8(ascii: "n"))
        case Byte.carriageReturn: bytes.append(UInt8(ascii: "r"))
        case Byte.tab: bytes.append(UInt8(ascii: "t"))
        default:
            append(plain: byte < 0x10 ? "u000" : "u00")
            append(plain: String(byte, radix: 16))
        }
    }

    mutating func append(_ value: Int64) {
        guard value < 0 || value > 9 else { return bytes.append(Byte.zero + UInt8(value)) }
        append(plain: String(value))
    }
}
