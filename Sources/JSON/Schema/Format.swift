/// The values of `format`.
enum Format: String, CaseIterable, Sendable {
    case dateTime = "date-time"
    case date, uuid, uri, email

    /// What to send, with an example.
    var explanation: String {
        switch self {
        case .dateTime: "a date and time with an offset, such as 2026-11-21T06:10:34Z"
        case .date: "a date, such as 2026-11-21"
        case .uuid: "a UUID, such as 0197a1b2-7c3d-7000-8000-00000000000f"
        case .uri: "a URI with its scheme, such as https://example.org/page"
        case .email: "an e-mail address, such as name@example.org"
        }
    }

    func accepts(_ text: String) -> Bool {
        let text = text.utf8[...]
        return switch self {
        case .dateTime: Self.isDateTime(text)
        case .date: Self.isDate(text)
        case .uuid: Self.isUUID(text)
        case .uri: Self.isURI(text)
        case .email: Self.isEmail(text)
        }
    }

    private typealias Text = Substring.UTF8View

    /// RFC 3339, with any number of digits for fractions of a second.
    private static func isDateTime(_ text: Text) -> Bool {
        guard text.count >= 20, isDate(text.prefix(10)) else { return false }
        var rest = text.dropFirst(10)
        guard take("tT", from: &rest), let hour = number(&rest, 2), hour <= 23,
            take(":", from: &rest), let minute = number(&rest, 2), minute <= 59,
            // A leap second is written 60.
            take(":", from: &rest), let second = number(&rest, 2), second <= 60
        else { return false }
        if take(".", from: &rest) {
            let digits = rest.prefix { isDigit($0) }.count
            guard digits > 0 else { return false }
            rest = rest.dropFirst(digits)
        }
        if take("zZ", from: &rest) { return rest.isEmpty }
        guard take("+-", from: &rest), let hours = number(&rest, 2), hours <= 23,
            take(":", from: &rest), let minutes = number(&rest, 2), minutes <= 59
        else { return false }
        return rest.isEmpty
    }

    private static func isDate(_ text: Text) -> Bool {
        var rest = text
        guard let year = number(&rest, 4), take("-", from: &rest), let month = number(&rest, 2),
            take("-", from: &rest), let day = number(&rest, 2), rest.isEmpty
        else { return false }
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...days[month - 1]).contains(day)
    }

    private static func isUUID(_ text: Text) -> Bool {
        guard text.count == 36 else { return false }
        return text.enumerated().allSatisfy { place, byte in
            [8, 13, 18, 23].contains(place) ? byte == UInt8(ascii: "-") : isHexadecimal(byte)
        }
    }

    /// RFC 3986 as far as characters go: a scheme, a colon, and nothing that would have to be percent-encoded.
    private static func isURI(_ text: Text) -> Bool {
        guard let colon = text.firstIndex(of: Byte.colon), let first = text.first, isLetter(first),
            text[..<colon].allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
        else { return false }
        var rest = text[colon...].dropFirst()
        guard !rest.isEmpty else { return false }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.prefix(2).count == 2, rest.prefix(2).allSatisfy(isHexadecimal) else { return false }
                rest = rest.dropFirst(2)
            } else if !(isLetter(byte) || isDigit(byte) || "-._~:/?#[]@!$&'()*+,;=".utf8.contains(byte)) {
                return false
            }
        }
        return true
    }

    /// What addresses look like in practice: no quotes, no comments, a domain name behind the @.
    private static func isEmail(_ text: Text) -> Bool {
        guard text.count <= 254, let at = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let local = text[..<at].split(separator: Byte.dot, omittingEmptySubsequences: false)
        let labels = text[at...].dropFirst().split(separator: Byte.dot, omittingEmptySubsequences: false)
        return text[..<at].count <= 64
            && local.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { isLetter($0) || isDigit($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
            }
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != Byte.minus && label.last != Byte.minus
                    && label.allSatisfy { isLetter($0) || isDigit($0) || $0 == Byte.minus }
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { Byte.zero...Byte.nine ~= byte }

    private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
    }

    /// Takes one of the given characters, if it is next.
    private static func take(_ choices: StaticString, from text: inout Text) -> Bool {
        guard let first = text.first, choices.description.utf8.contains(first) else { return false }
        text = text.dropFirst()
        return true
    }

    /// Takes a number of exactly so many digits.
    private static func number(_ text: inout Text, _ digits: Int) -> Int? {
        let part = text.prefix(digits)
        guard part.count == digits, part.allSatisfy(isDigit) else { return nil }
        text = text.dropFirst(digits)
        return part.reduce(0) { $0 * 10 + Int($1 - Byte.zero) }
    }
}
