/// Goes once over a text, word by word, and leaves out what looks like a secret.
struct SecretScanner {
    private let source: [UInt8]
    private let text: DecodedText
    private let bytes: [UInt8]
    private var at = 0
    /// Of the source, so much is in the output or left out of it.
    private var copied = 0
    private var output: [UInt8] = []

    init(_ text: String) {
        source = Array(text.utf8)
        self.text = DecodedText(text)
        bytes = self.text.bytes
    }

    /// Whether there is anything a secret could follow: most texts have nothing, and are spared the scan.
    static func mayFindSecret(in text: String) -> Bool {
        var wordBytes = 0
        var last: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            // A value follows, or something that is encoded.
            case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: "&"),
                UInt8(ascii: "<"):
                return true
            // The ends of `Bearer` and `Basic`.
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                if last | 0x20 == UInt8(ascii: "r") || last | 0x20 == UInt8(ascii: "c") { return true }
                wordBytes = 0
            case UInt8(ascii: "-") where last == byte: return true
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
                if isUserInfoStart(at) { skipUserInfo() }
                at += 1
                continue
            }
            let start = at
            while at < bytes.count, isWordByte(at) { at += 1 }
            look(atWord: start..<at)
        }
        if copied == 0 { return nil }
        output += source[copied...]
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func look(atWord word: Range<Int>) {
        if let value = valueStart(behind: word), Redaction.isSecret(string(word)) {
            return skipValue(from: value.start, value.depth, wholeLine: isHeader(word))
        }
        if let key = keyStart(in: word) { return leaveOut(key..<endOfKey(word.upperBound)) }
        if word.count == 6, matches(word, "bearer"), isBlank(at) { return skipCredentials() }
        if word.count == 5, matches(word, "basic"), isBlank(at), looksRandom(nextWord()) { return skipCredentials() }
        // `--password x`
        if bytes[word].starts(with: "--".utf8), isBlank(at), Redaction.isSecret(string(word)) { skipCredentials() }
    }

    private mutating func leaveOut(_ secret: Range<Int>) {
        guard !secret.isEmpty else { return }
        let place = text.place(of: secret)
        output += source[copied..<place.lowerBound]
        output += Redaction.mark.utf8
        copied = place.upperBound
        at = max(at, secret.upperBound)
    }
}

// Where secrets begin and end.
extension SecretScanner {
    /// Where the value begins in `name=value`, `name: value`, `"name": "value"`, `list[name]=value` and `<name>value<`, and how
    /// often what is before it is encoded: what is encoded more often belongs to the value. Nil where no value follows.
    private func valueStart(behind word: Range<Int>) -> (start: Int, depth: UInt8)? {
        var index = word.upperBound
        if byte(index) == UInt8(ascii: ">"), byte(word.lowerBound - 1) == UInt8(ascii: "<") {
            return index + 1 < bytes.count ? (index + 1, text.depth(index)) : nil
        }
        if byte(index) == UInt8(ascii: "\\") { index += 1 }
        if isQuote(index) { index += 1 }
        if byte(index) == UInt8(ascii: "]") { index += 1 }
        while isBlank(index) { index += 1 }
        guard byte(index) == UInt8(ascii: "=") || byte(index) == UInt8(ascii: ":") else { return nil }
        let depth = text.depth(index)
        // `token://` is a URL, `token::x` a path in code.
        if byte(index) == UInt8(ascii: ":"),
            byte(index + 1) == UInt8(ascii: ":") || byte(index + 1) == UInt8(ascii: "/")
        {
            return nil
        }
        index += 1
        // `=>` and `:=`
        while let next = byte(index), "=>".utf8.contains(next), text.depth(index) <= depth { index += 1 }
        while isBlank(index), text.depth(index) <= depth { index += 1 }
        return index < bytes.count ? (index, depth) : nil
    }

    private mutating func skipValue(from start: Int, _ depth: UInt8, wholeLine: Bool) {
        var first = start
        if byte(first) == UInt8(ascii: "\\"), isQuote(first + 1) { first += 1 }
        if isQuote(first), text.depth(first) <= depth { return leaveOut(first + 1..<closingQuote(of: first)) }
        var end = first
        while end < bytes.count, !(wholeLine ? isLineEnd(end, depth) : isValueEnd(end, depth)) { end += 1 }
        leaveOut(first..<end)
    }

    /// `Authorization: Bearer x` and `Cookie: a=1; b=2` have values of several words.
    private func isHeader(_ word: Range<Int>) -> Bool {
        let name = string(word).lowercased()
        return name.hasSuffix("authorization") || name.hasSuffix("cookie")
    }

    /// Where the value behind a quote ends. In JSON within a string the quotes themselves are escaped: there `\"` ends
    /// the value, and what is escaped inside of it has more backslashes.
    private func closingQuote(of open: Int) -> Int {
        let isEscaped = byte(open - 1) == UInt8(ascii: "\\")
        var index = open + 1
        while index < bytes.count, bytes[index] != bytes[open] || text.depth(index) != text.depth(open) {
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
        // `--password "x"`
        if isQuote(start) { return leaveOut(start + 1..<closingQuote(of: start)) }
        let depth = text.depth(start - 1)
        var end = start
        while end < bytes.count, !isValueEnd(end, depth) { end += 1 }
        leaveOut(start..<end)
    }

    private func isUserInfoStart(_ index: Int) -> Bool {
        byte(index) == UInt8(ascii: ":") && byte(index + 1) == UInt8(ascii: "/") && byte(index + 2) == UInt8(ascii: "/")
    }

    /// The user part reaches to the last `@` before the path, since passwords hold `@` too. In the address of a database,
    /// whose path has none, a password that is not encoded may even hold what would end the user part.
    private mutating func skipUserInfo() {
        let start = at + 3
        let isWeb = matches(max(0, at - 4)..<at, "http") || matches(max(0, at - 5)..<at, "https")
        var end: Int?
        var index = start
        func ends(_ index: Int) -> Bool {
            if text.depth(index) > text.depth(at) { return false }
            // Another address begins; without this, many of them would take long.
            if bytes[index] == UInt8(ascii: ":"), isUserInfoStart(index) { return true }
            return bytes[index] <= 0x20 || isQuote(index) || isWeb && "/?#".utf8.contains(bytes[index])
        }
        while index < bytes.count, !ends(index) {
            if bytes[index] == UInt8(ascii: "@") { end = index }
            index += 1
        }
        if let end { leaveOut(start..<end) }
    }

    /// Where a key begins: with the word, or behind a hyphen or an underscore in it.
    private func keyStart(in word: Range<Int>) -> Int? {
        if matches(word.prefix(3), "eyj"), word.count >= Self.keyBytesMin, byte(word.upperBound) == UInt8(ascii: ".") {
            return word.lowerBound
        }
        for index in word {
            let isInside = index > word.lowerBound
            if isInside, bytes[index - 1] != UInt8(ascii: "-"), bytes[index - 1] != UInt8(ascii: "_") { continue }
            guard KeyPattern.byFirstByte[Int(bytes[index])].contains(where: { $0.matches(bytes, at: index) }) else {
                continue
            }
            // Inside of a longer name, words follow as often as keys.
            if !isInside || isMixed(bytes[index..<endOfKey(word.upperBound)]) { return index }
        }
        return nil
    }

    /// A JSON web token continues behind its dots.
    private func endOfKey(_ end: Int) -> Int {
        var end = end
        while byte(end) == UInt8(ascii: "."), isWordByte(end + 1) {
            end += 1
            while isWordByte(end) { end += 1 }
        }
        return end
    }

    private func isLineEnd(_ index: Int, _ depth: UInt8) -> Bool {
        bytes[index] < 0x20 && bytes[index] != 0x09 && text.depth(index) <= depth
    }

    /// How far a mark that may end a value is looked behind.
    private static let marksMax = 8
    private static let nameBytesMax = 64

    /// A blank ends a value. Marks such as `;` and `)` do where a blank, the end or another name follows: elsewhere they
    /// may well be a part of the secret.
    private func isValueEnd(_ index: Int, _ depth: UInt8) -> Bool {
        if text.depth(index) > depth { return false }
        if bytes[index] <= 0x20 { return true }
        guard isMark(index) else { return false }
        var next = index + 1
        while next < index + Self.marksMax, isMark(next) { next += 1 }
        guard let following = byte(next), following > 0x20 else { return true }
        // `</password>`
        if byte(next - 1) == UInt8(ascii: "<"), following == UInt8(ascii: "/") { return true }
        let nameEnd = bytes[next...].prefix(Self.nameBytesMax).firstIndex { !isNameByte($0) } ?? bytes.count
        guard nameEnd > next else { return false }
        var behind = nameEnd
        while behind < nameEnd + Self.marksMax, isMark(behind) { behind += 1 }
        return byte(behind) == UInt8(ascii: "=") || byte(behind) == UInt8(ascii: ":")
    }

    private func isMark(_ index: Int) -> Bool {
        guard let mark = byte(index) else { return false }
        if mark == UInt8(ascii: "\\") { return isQuote(index + 1) || byte(index + 1) == mark }
        return "\"'`,;&(){}[]<>".utf8.contains(mark)
    }
}

// Bytes and words.
extension SecretScanner {
    private func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }

    private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func isBlank(_ index: Int) -> Bool { byte(index) == UInt8(ascii: " ") || byte(index) == UInt8(ascii: "\t") }

    private func isQuote(_ index: Int) -> Bool { byte(index) == UInt8(ascii: "\"") || byte(index) == UInt8(ascii: "'") }

    /// Whether there are digits, or letters large and small: a name rarely has those.
    private func isMixed(_ bytes: ArraySlice<UInt8>) -> Bool {
        func has(_ range: ClosedRange<UInt8>) -> Bool { bytes.contains { range ~= $0 } }
        return has(UInt8(ascii: "0")...UInt8(ascii: "9"))
            || has(UInt8(ascii: "A")...UInt8(ascii: "Z")) && has(UInt8(ascii: "a")...UInt8(ascii: "z"))
    }

    private func isWordByte(_ index: Int) -> Bool { byte(index).map(isWordByte) ?? false }

    private func isNameByte(_ byte: UInt8) -> Bool { isWordByte(byte) || byte == UInt8(ascii: ".") }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
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
        while end < bytes.count, !isValueEnd(end, text.depth(at)) { end += 1 }
        return bytes[start..<end]
    }

    /// Base64 has digits, capitals or padding; a word of a sentence has not.
    private func looksRandom(_ word: ArraySlice<UInt8>) -> Bool {
        word.count >= 4 && word.contains { $0 < UInt8(ascii: "a") }
    }
}
