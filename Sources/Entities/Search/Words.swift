/// Takes texts apart into the words by which they are found.
public enum Words {
    /// Longer ones are cut: nobody types them.
    static let lengthMax = 48

    /// Calls `found` with each word in order: small letters and digits, without the marks that people leave out.
    public static func scan(_ text: String, _ found: (String) -> Void) {
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty { found(String(decoding: word, as: UTF8.self)) }
            word.removeAll(keepingCapacity: true)
        }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39, 0x61...0x7A: if word.count < lengthMax { word.append(UInt8(scalar.value)) }
            case 0x41...0x5A: if word.count < lengthMax { word.append(UInt8(scalar.value + 32)) }
            // An apostrophe joins: "don't" is one word.
            case 0x27, 0x2019: break
            case ..<0x80: end()
            default:
                if let folded = Letters.folded(scalar) {
                    if word.count < lengthMax { word.append(contentsOf: folded.utf8) }
                } else {
                    end()
                }
            }
        }
        end()
    }

    public static func of(_ text: String) -> [String] {
        var words: [String] = []
        scan(text) { words.append($0) }
        return words
    }
}

/// How letters beyond ASCII are compared.
enum Letters {
    /// The small letter without its marks; nil for what is no letter or digit.
    static func folded(_ scalar: Unicode.Scalar) -> String? {
        if let index = table.index(forKey: scalar) { return table[index].value }
        let properties = scalar.properties
        guard properties.isAlphabetic || properties.numericType != nil else {
            // A mark that stands by itself belongs to the letter before it.
            return properties.canonicalCombiningClass == .notReordered ? nil : ""
        }
        let small = properties.lowercaseMapping
        guard let first = small.unicodeScalars.first, first != scalar, let index = table.index(forKey: first)
        else { return small }
        return table[index].value
    }

    private static let table: [Unicode.Scalar: String] = {
        let groups: KeyValuePairs<String, String> = [
            "a": "àáâãäåāăąǎ", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ",
            "i": "ìíîïĩīĭįı", "j": "ĵ", "k": "ķ", "l": "ĺļľŀł", "n": "ñńņňŉ", "o": "òóôõöōŏőø", "oe": "œ", "r": "ŕŗř",
            "s": "śŝşš", "ss": "ß", "t": "ţťŧ", "th": "þ", "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
        ]
        var table: [Unicode.Scalar: String] = [:]
        for (plain, letters) in groups {
            for letter in letters.unicodeScalars {
                table[letter] = plain
                if let capital = letter.properties.uppercaseMapping.unicodeScalars.first,
                    letter.properties.uppercaseMapping.unicodeScalars.count == 1, capital.value >= 0x80
                {
                    table[capital] = plain
                }
            }
        }
        return table
    }()
}
