/// Keeps secrets out of logs, span attributes and whatever else people get to read.
///
/// It errs on the side of silence: a harmless word behind `password:` is lost too.
public enum Redaction {
    /// What stands where a secret was.
    public static let mark = "[redacted]"

    /// What the API keys of Life-OS begin with. ``KeyPattern`` knows those of others.
    public static let keyPrefix = "lok_"

    /// Whether a field of this name holds a secret: `password`, `api_key`, `X-Auth-Token`, `clientSecret` do;
    /// `input_tokens` and `token_count` do not.
    public static func isSecret(_ name: String) -> Bool {
        guard mayBeSecret(name) else { return false }
        var words: [String] = []
        var word = ""
        var wasLower = false
        for byte in name.utf8 {
            let isUpper = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
            let isLetterOrDigit =
                isUpper || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            if !isLetterOrDigit || isUpper && wasLower {
                words.append(word)
                word = ""
            }
            if isLetterOrDigit { word.unicodeScalars.append(Unicode.Scalar(isUpper ? byte | 0x20 : byte)) }
            wasLower = isLetterOrDigit && !isUpper
        }
        words.append(word)
        return isSecret(words: words.filter { !$0.isEmpty })
    }

    private static func mayBeSecret(_ name: String) -> Bool {
        let bytes = name.utf8.span
        for start in bytes.indices {
            let letter = bytes[start] | 0x20
            for stem in SecretNames.stems where stem[0] == letter && stem.count <= bytes.count - start {
                if stem.indices.allSatisfy({ bytes[start + $0] | 0x20 == stem[$0] }) { return true }
            }
        }
        return false
    }

    private static func isSecret(words: [String]) -> Bool {
        guard let last = words.last, !SecretNames.harmlessEnds.contains(last) else { return false }
        if words.contains(where: SecretNames.words.contains) { return true }
        return zip(words, words.dropFirst()).contains { SecretNames.keys.contains($0) && ($1 == "key" || $1 == "keys") }
    }

    /// The text without `Bearer` and `Basic` credentials, the user part of URLs, values behind names like `password=`,
    /// and keys that are known by their beginning; also where names, values and what divides them are encoded.
    public static func redacted(_ text: String) -> String {
        guard SecretScanner.mayFindSecret(in: text) else { return text }
        var scanner = SecretScanner(text)
        return scanner.redacted() ?? text
    }
}
