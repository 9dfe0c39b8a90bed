extension Problem {
    /// The media type of a problem document.
    public static let mediaType = "application/problem+json"

    /// The document as JSON.
    public func encoded() -> [UInt8] {
        var writer = ProblemWriter()
        writer.member("type", .string(type))
        writer.member("title", .string(title))
        writer.member("status", .integer(Int64(status.rawValue)))
        writer.member("detail", .string(detail))
        writer.member("code", .string(code.rawValue))
        if let requestID { writer.member("request_id", .string(requestID)) }
        if !fields.isEmpty { writer.errors(fields) }
        for (name, value) in members { writer.member(name, value) }
        return writer.finish()
    }
}

private struct ProblemWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var needsComma = false

    mutating func member(_ name: String, _ value: Problem.Value) {
        key(name)
        put(value)
    }

    mutating func errors(_ fields: [Problem.Field]) {
        key("errors")
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        for field in fields {
            if needsComma { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "{"))
            needsComma = false
            switch field.place {
            case .pointer(let pointer): member("pointer", .string(pointer))
            case .parameter(let name): member("parameter", .string(name))
            case .header(let name): member("header", .string(name))
            }
            member("code", .string(field.code.rawValue))
            member("message", .string(field.message))
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: "]"))
    }

    consuming func finish() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

    private mutating func key(_ name: String) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
        put(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func put(_ value: Problem.Value) {
        switch value {
        case .string(let text): put(text)
        case .integer(let number): bytes += "\(number)".utf8
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .list(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                put(value)
            }
            bytes.append(UInt8(ascii: "]"))
        }
    }

    private mutating func put(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
