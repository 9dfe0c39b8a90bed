/// Walks over one header value by the grammar that most headers share (RFC 9110, section 5.6).
struct HeaderScanner {
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { at == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    mutating func skipSpace() {
        while at < bytes.count, bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\t") { at += 1 }
    }

    mutating func token() -> String? {
        let start = at
        while at < bytes.count, Self.isTokenByte(bytes[at]) { at += 1 }
        return start == at ? nil : String(decoding: bytes[start..<at], as: UTF8.self)
    }

    /// A quoted string without its quotes and escapes; `nil` leaves the scanner anywhere.
    mutating func quotedString() -> String? {
        guard skip("\"") else { return nil }
        var text: [UInt8] = []
        while at < bytes.count {
            var byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard at < bytes.count else { return nil }
                byte = bytes[at]
                at += 1
            }
            guard byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") else { return nil }
            text.append(byte)
        }
        return nil
    }

    /// Everything while `isWanted` says so.
    mutating func take(while isWanted: (UInt8) -> Bool) -> String {
        let start = at
        while at < bytes.count, isWanted(bytes[at]) { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    /// The parameters behind a media type, coding or disposition, names in lower case; `nil` when malformed.
    mutating func parameters() -> [(name: String, value: String)]? {
        var parameters: [(name: String, value: String)] = []
        while true {
            skipSpace()
            guard skip(";") else { return parameters }
            skipSpace()
            // A semicolon with nothing behind it is common, and harmless.
            if isAtEnd { return parameters }
            guard let name = token(), skip("=") else { return nil }
            guard let value = token() ?? quotedString() else { return nil }
            parameters.append((name.lowercased(), value))
        }
    }

    /// Goes behind the next comma that is not within quotes, or to the end.
    mutating func skipBehindComma() {
        var isQuoted = false
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if isQuoted, byte == UInt8(ascii: "\\") { at = min(at + 1, bytes.count) }
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted { return }
        }
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
