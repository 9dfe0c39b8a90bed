/// Goes once over a text, word by word, and leaves out what looks like a secret.
struct SecretScanner {
    private let bytes: [UInt8]
    private var at = 0
    private var copied = 0
    private var output: [UInt8] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Whether there is anything a secret could follow: most texts have nothing, and are spared the scan.
    static func mayFindSecret(in text: String) -> Bool {
        var wordBytes = 0
        var last: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "="), UInt8(ascii: ":"): return true
            // The ends of `Bearer` and `Basic`.
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                if last | 0x20 == UInt8(ascii: "r") || last | 0x20 == UInt8(ascii: "c") { return true }
                wordBytes = 0
            default: wordBytes += 1
            }
            if wordBytes >= keyBytesMin { return true }
            last = byte
        }
        return false
    }

    private static let keyBytesMin = 16

    /// Nil when there was nothing to leave out.
    mutating func redacted() -> String? {
        while at < bytes.count {
            guard isWordByte(at) else {
                if isUserInfoStart { skipUserInfo() }
                at += 1
                continue
            }
            let start = at
            while at < bytes.count, isWordByte(at) { at += 1 }
            look(atWord: start..<at)
        }
        if copied == 0 { return nil }
        output += bytes[copied...]
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func look(atWord word: Range<Int>) {
        if let value = valueStart(behind: word), Redaction.isSecret(text(word)) {
            return skipValue(from: value, wholeLine: isHeader(word))
        }
        if isKey(word) { return leaveOut(word.lowerBound..<endOfKey(word.upperBound)) }
        if word.count == 6, matches(word, "bearer"), isBlank(at) { return skipCredentials() }
        if word.count == 5, matches(word, "basic"), isBlank(at), looksRandom(nextWord()) { skipCredentials() }
    }

    private mutating func leaveOut(_ secret: Range<Int>) {
        guard !secret.isEmpty else { return }
        output += bytes[copied..<secret.lowerBound]
        output += Redaction.mark.utf8
        copied = secret.upperBound
        at = max(at, secret.upperBound)
    }
}

// Where secrets begin and end.
extension SecretScanner {
    /// Where the value begins in `name=value`, `name: value` and `"name": "value"`; nil where no value follows.
    private func valueStart(behind word: Range<Int>) -> Int? {
        var index = word.upperBound
        if byte(index) == UInt8(ascii: "\\") { index += 1 }
        if isQuote(index) { index += 1 }
        while isBlank(index) { index += 1 }
        guard byte(index) == UInt8(ascii: "=") || byte(index) == UInt8(ascii: ":") else { return nil }
        // `token://` is a URL, `token::x` a path in code.
        if byte(index) == UInt8(ascii: ":"),
            byte(index + 1) == UInt8(ascii: ":") || byte(index + 1) == UInt8(ascii: "/")
        {
            return nil
        }
        index += 1
        while isBlank(index) { index += 1 }
        return index < bytes.count ? index : nil
    }

    private mutating func skipValue(from start: Int, wholeLine: Bool) {
        var first = start
        if byte(first) == UInt8(ascii: "\\"), isQuote(first + 1) { first += 1 }
        if isQuote(first) { return leaveOut(first + 1..<closingQuote(of: first)) }
        var end = first
        while end < bytes.count, !(wholeLine ? isLineEnd(end) : isValueEnd(end)) { end += 1 }
        leaveOut(first..<end)
    }

    /// `Authorization: Bearer x` and `Cookie: a=1; b=2` have values of several words.
    private func isHeader(_ word: Range<Int>) -> Bool {
        let name = text(word).lowercased()
        return name.hasSuffix("authorization") || name.hasSuffix("cookie")
    }

    /// Where the value behind a quote ends. In JSON within a string the quotes themselves are escaped: there `\"` ends
    /// the value, and what is escaped inside of it has more backslashes.
    private func closingQuote(of open: Int) -> Int {
        let isEscaped = byte(open - 1) == UInt8(ascii: "\\")
        var index = open + 1
        while index < bytes.count, bytes[index] != bytes[open] {
            let backslashes = bytes[index...].prefix { $0 == UInt8(ascii: "\\") }.count
            if isEscaped, backslashes == 1, byte(index + 1) == bytes[open] { return index }
            let hidesNext = isEscaped ? backslashes > 1 : backslashes % 2 == 1
            index += max(1, backslashes + (hidesNext ? 1 : 0))
        }
        return min(index, bytes.count)
    }

    private mutating func skipCredentials() {
        var start = at
        while isBlank(start) { start += 1 }
        var end = start
        while end < bytes.count, !isValueEnd(end) { end += 1 }
        leaveOut(start..<end)
    }

    private var isUserInfoStart: Bool {
        byte(at) == UInt8(ascii: ":") && byte(at + 1) == UInt8(ascii: "/") && byte(at + 2) == UInt8(ascii: "/")
    }

    /// The user part reaches to the last `@` before the path, since passwords hold `@` too.
    private mutating func skipUserInfo() {
        let start = at + 3
        var end: Int?
        var index = start
        while index < bytes.count, !isBlank(index), !isLineEnd(index), !isQuote(index),
            !"/?#".utf8.contains(bytes[index])
        {
            if bytes[index] == UInt8(ascii: "@") { end = index }
            index += 1
        }
        if let end { leaveOut(start..<end) }
    }

    private func isKey(_ word: Range<Int>) -> Bool {
        guard word.count >= Self.keyBytesMin else { return false }
        if matches(word.prefix(3), "eyj"), byte(word.upperBound) == UInt8(ascii: ".") { return true }
        return Redaction.keyPrefixes.contains { bytes[word].starts(with: $0.utf8) }
    }

    /// A JSON web token goes on behind its dots.
    private func endOfKey(_ end: Int) -> Int {
        var end = end
        while byte(end) == UInt8(ascii: "."), isWordByte(end + 1) {
            end += 1
            while isWordByte(end) { end += 1 }
        }
        return end
    }
}

// Bytes and words.
extension SecretScanner {
    private func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func isBlank(_ index: Int) -> Bool { byte(index) == UInt8(ascii: " ") || byte(index) == UInt8(ascii: "\t") }

    private func isQuote(_ index: Int) -> Bool { byte(index) == UInt8(ascii: "\"") || byte(index) == UInt8(ascii: "'") }

    private func isLineEnd(_ index: Int) -> Bool { bytes[index] < 0x20 && bytes[index] != 0x09 }

    private func isValueEnd(_ index: Int) -> Bool { bytes[index] <= 0x20 || "\"'`,;&)}]>".utf8.contains(bytes[index]) }

    private func isWordByte(_ index: Int) -> Bool {
        guard let byte = byte(index) else { return false }
        return switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func matches(_ range: Range<Int>, _ lowercase: String) -> Bool {
        bytes[range].lazy.map { $0 | 0x20 }.elementsEqual(lowercase.utf8)
    }

    private func nextWord() -> ArraySlice<UInt8> {
        var start = at
        while isBlank(start) { start += 1 }
        var end = start
        while end < bytes.count, !isValueEnd(end) { end += 1 }
        return bytes[start..<end]
    }

    /// Base64 has digits, capitals or padding; a word of a sentence has not.
    private func looksRandom(_ word: ArraySlice<UInt8>) -> Bool {
        word.count >= 4 && word.contains { $0 < UInt8(ascii: "a") }
    }
}
