/// Takes texts apart into the words by which they are found.
///
/// Texts that mean the same give the same words, byte for byte: composed or decomposed (NFC, NFD), in capitals or small
/// letters. A word taken apart again is itself.
public enum Words {
    /// In bytes. Longer ones are cut: nobody types them.
    static let lengthMax = 48

    /// Calls `found` with each word in order: small letters and digits, without the marks that people leave out.
    public static func scan(_ text: String, _ found: (String) -> Void) {
        var scanner = WordScanner()
        if Letters.areComposed(in: text) {
            for scalar in text.unicodeScalars { scanner.take(scalar, found) }
        } else {
            for scalar in Letters.composed(text) { scanner.take(scalar, found) }
        }
        scanner.endWord(found)
    }

    public static func of(_ text: String) -> [String] {
        var words: [String] = []
        scan(text) { words.append($0) }
        return words
    }
}

/// Builds words from scalars, one after the other.
private struct WordScanner {
    private var word: [UInt8] = []
    /// Whether the word would come out of another scan as it is.
    private var isSettled = true

    mutating func take(_ scalar: Unicode.Scalar, _ found: (String) -> Void) {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A: append(UInt8(scalar.value))
        case 0x41...0x5A: append(UInt8(scalar.value + 32))
        // An apostrophe joins: "don't" is one word. What it kept apart may compose now.
        case 0x27, 0x2019, 0x2BC: isSettled = false
        case ..<0x80: endWord(found)
        default: takeLetter(scalar, found)
        }
    }

    private mutating func takeLetter(_ scalar: Unicode.Scalar, _ found: (String) -> Void) {
        switch Letters.folded(scalar) {
        case .itself: append(contentsOf: String(scalar).utf8)
        case .nothing: isSettled = false
        case .separator: endWord(found)
        case .other(let letters):
            append(contentsOf: letters.utf8)
            isSettled = false
        }
    }

    private mutating func append(_ byte: UInt8) {
        if word.count < Words.lengthMax { word.append(byte) }
    }

    private mutating func append(contentsOf bytes: String.UTF8View) {
        if word.count < Words.lengthMax { word.append(contentsOf: bytes) }
    }

    mutating func endWord(_ found: (String) -> Void) {
        if !word.isEmpty {
            let isPlain = isSettled || word.allSatisfy { $0 < 0x80 }
            let text = String(decoding: word, as: UTF8.self)
            found(isPlain ? text : Self.settled(text))
            word.removeAll(keepingCapacity: true)
        }
        isSettled = true
    }

    /// Scans the word again until nothing changes, so that whoever does so later gets the same.
    private static func settled(_ word: String) -> String {
        var word = word
        for _ in 0..<passesMax {
            var again = ""
            for scalar in Letters.composed(word) {
                switch Letters.folded(scalar) {
                case .itself: again.unicodeScalars.append(scalar)
                case .nothing, .separator: break
                case .other(let letters): again += letters
                }
            }
            if again.utf8.elementsEqual(word.utf8) { break }
            word = again
        }
        return word
    }

    /// Two are enough for every letter there is; a test looks at all.
    private static let passesMax = 8
}
