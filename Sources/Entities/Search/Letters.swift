@_spi(_Unicode) import Swift

/// How letters beyond ASCII are compared: without their marks where people leave them out, and in one form however they are
/// written.
enum Letters {
    enum Folding {
        case itself
        /// It vanishes, as a mark that stands by itself does.
        case nothing
        /// No letter: a word ends here.
        case separator
        case other(String)
    }

    /// What a letter of a composed text becomes.
    static func folded(_ scalar: Unicode.Scalar) -> Folding {
        if let plain = plainForms[scalar] { return .other(plain) }
        if isLetter(scalar) { return .itself }
        // ASCII stands here only after other letters became it.
        if scalar.isASCII { return .separator }
        return scalar.properties.canonicalCombiningClass == .notReordered ? .separator : .nothing
    }

    /// Whether ``composed(_:)`` would change nothing. True of some texts only, but of most.
    static func areComposed(in text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0x80 } || text.unicodeScalars.allSatisfy { isStable($0) }
    }

    /// The text with its case folded and letters joined with their marks (NFC) where Unicode has a letter for both.
    ///
    /// Case goes first: capitals exist with fewer marks than small letters, so that `Ϊ́` has two scalars and `ΐ` one.
    static func composed(_ text: String) -> some Sequence<Unicode.Scalar> {
        var folded = ""
        for scalar in text._nfc {
            if isIdeograph(scalar) {
                folded.unicodeScalars.append(scalar)
            } else {
                folded += caseFolded(scalar)
            }
        }
        return folded._nfc
    }

    /// Small letters of capitals: so `ς` is `σ`, `ſ` is `s` and `ﬁ` is `fi`, as their capitals are.
    private static func caseFolded(_ scalar: Unicode.Scalar) -> String {
        var small = ""
        for capital in scalar.properties.uppercaseMapping.unicodeScalars {
            small += capital.properties.lowercaseMapping
        }
        return small
    }

    /// Whether case and composition leave the scalar alone, whatever is beside it.
    private static func isStable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Latin letters with a plain form, the punctuation of typographers, emoji.
        case ..<0x80, 0x2000...0x20CF, 0x1F300...0x1FAFF: true
        case 0x80..<0x300: plainForms[scalar] != nil || !isLetter(scalar)
        default: isIdeograph(scalar)
        }
    }

    /// Of the blocks without any composition or case.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        0x3400...0x4DBF ~= scalar.value || 0x4E00...0x9FFF ~= scalar.value
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        if isIdeograph(scalar) { return true }
        let properties = scalar.properties
        return properties.isAlphabetic || properties.numericType != nil
    }

    /// Letters that people type without their marks, small and capital.
    private static let plainForms: [Unicode.Scalar: String] = {
        let groups: KeyValuePairs<String, String> = [
            "a": "àáâãäåāăąǎ", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ",
            "i": "ìíîïĩīĭįı", "j": "ĵ", "k": "ķ", "l": "ĺļľŀł", "n": "ñńņňŉ", "o": "òóôõöōŏőø", "oe": "œ", "r": "ŕŗř",
            "s": "śŝşšſ", "ss": "ß", "t": "ţťŧ", "th": "þ", "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
        ]
        var forms: [Unicode.Scalar: String] = [:]
        for (plain, letters) in groups {
            for letter in letters.unicodeScalars {
                forms[letter] = plain
                let capital = letter.properties.uppercaseMapping.unicodeScalars
                if let first = capital.first, capital.count == 1, !first.isASCII { forms[first] = plain }
            }
        }
        forms["\u{130}"] = "i"  // İ: its small letter is an i with a second dot.
        forms["\u{1E9E}"] = "ss"  // ẞ
        return forms
    }()
}
