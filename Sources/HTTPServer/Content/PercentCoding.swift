/// Percent-encoding (RFC 3986), strict: what cannot be decoded exactly is refused, never repaired.
public enum PercentCoding {
    /// Why text could not be decoded.
    public enum Failure: Error, Sendable {
        /// A `%` without two hexadecimal digits behind it.
        case invalidEscape
        /// A NUL byte: no text we take holds one, and C libraries would stop reading there.
        case nul
        /// Bytes that are not UTF-8.
        case invalidUTF8

        /// What to do about it.
        public var advice: String {
            switch self {
            case .invalidEscape: "A `%` is not followed by two hexadecimal digits. Write `%25` for a percent sign."
            case .nul: "It holds a NUL character. Leave that out."
            case .invalidUTF8: "It is not UTF-8. Encode the text as UTF-8 before percent-encoding it."
            }
        }
    }

    /// - Parameter plusIsSpace: as in queries and forms, and not in paths.
    public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) throws(Failure) -> String {
        let bytes = Array(text.utf8)
        return try decode(bytes.span, plusIsSpace: plusIsSpace)
    }

    static func decode(_ encoded: Span<UInt8>, plusIsSpace: Bool) throws(Failure) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var at = 0
        while at < encoded.count {
            var byte = encoded[at]
            if byte == UInt8(ascii: "%") {
                guard at + 2 < encoded.count, let high = hexDigit(encoded[at + 1]), let low = hexDigit(encoded[at + 2])
                else { throw .invalidEscape }
                byte = high << 4 | low
                at += 2
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                byte = UInt8(ascii: " ")
            }
            if byte == 0 { throw .nul }
            bytes.append(byte)
            at += 1
        }
        guard (try? UTF8Span(validating: bytes.span)) != nil else { throw .invalidUTF8 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes all but letters, digits and `-._~`, so that the text fits any part of a URL.
    public static func encode(_ text: some StringProtocol) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if HeaderScanner.isLetterOrDigit(byte) || "-._~".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
