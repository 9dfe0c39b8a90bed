/// What is of interest in the XML that S3 answers with. It is flat and made by machines, so tags are enough.
struct S3Answer: Sendable {
    let code: String?
    let message: String?
    let continuation: String?
    let objects: [(name: String, bytes: Int)]
    let folders: [String]

    init(_ text: String) {
        code = Self.values(of: "Code", in: text[...]).first.map(Self.unescapeXML)
        message = Self.values(of: "Message", in: text[...]).first.map { Self.unescapeXML($0.prefix(200)) }
        continuation = Self.values(of: "NextContinuationToken", in: text[...]).first.map(Self.unescapeXML)
        objects = Self.values(of: "Contents", in: text[...]).compactMap { entry in
            guard let name = Self.values(of: "Key", in: entry).first,
                let bytes = Self.values(of: "Size", in: entry).first.flatMap({ Int($0) })
            else { return nil }
            return (Self.unescape(Self.unescapeXML(name)), bytes)
        }
        folders = Self.values(of: "CommonPrefixes", in: text[...]).compactMap { entry in
            Self.values(of: "Prefix", in: entry).first.map { Self.unescape(Self.unescapeXML($0)) }
        }
    }

    private static func values(of tag: String, in text: Substring) -> [Substring] {
        var found: [Substring] = []
        var rest = text
        while let begin = rest.firstRange(of: "<\(tag)>") {
            rest = rest[begin.upperBound...]
            guard let end = rest.firstRange(of: "</\(tag)>") else { break }
            found.append(rest[..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        return found
    }

    private static func unescapeXML(_ text: Substring) -> String {
        var text = String(text)
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            text = text.replacing(entity, with: character)
        }
        return text
    }

    /// For a query: everything but what RFC 3986 calls unreserved.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                escaped.unicodeScalars.append(.init(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return escaped
    }

    static func unescape(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
