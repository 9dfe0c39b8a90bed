/// Keeps secrets out of logs, span attributes and whatever else people get to read.
///
/// It errs on the side of silence: a harmless word behind `password:` is lost too.
public enum Redaction {
    /// What stands where a secret was.
    public static let mark = "[redacted]"

    /// What the API keys of Life-OS begin with; keys of others that are easily recognised follow.
    public static let keyPrefix = "lok_"

    static let keyPrefixes = [
        keyPrefix, "sk-", "sk_", "pk_", "ghp_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AKIA",
    ]

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

    /// Every secret's name contains one of these. Most names contain none, and are not taken apart into words.
    private static let secretStems: [[UInt8]] = [
        "pass", "pwd", "secret", "token", "authorization", "cookie", "key", "credential", "bearer",
    ].map { Array($0.utf8) }

    private static func mayBeSecret(_ name: String) -> Bool {
        let bytes = name.utf8.span
        for start in bytes.indices {
            let letter = bytes[start] | 0x20
            for stem in secretStems where stem[0] == letter && stem.count <= bytes.count - start {
                if stem.indices.allSatisfy({ bytes[start + $0] | 0x20 == stem[$0] }) { return true }
            }
        }
        return false
    }

    private static let secretWords: Set<String> = [
        "password", "passwords", "passwd", "pwd", "passphrase", "pgpassword", "secret", "secrets", "token",
        "authorization",
        "cookie", "cookies", "apikey", "apikeys", "credential", "credentials", "bearer", "authtoken", "accesstoken",
    ]
    private static let secretKeys: Set<String> = [
        "api", "private", "access", "signing", "encryption", "master", "session",
    ]
    /// A secret's word before one of these tells about the secret without telling it.
    private static let harmlessEnds: Set<String> = [
        "count", "counts", "type", "kind", "length", "limit", "max", "min", "budget", "id", "name", "seconds", "bytes",
        "total", "age", "at", "expiry", "required", "set", "present",
    ]

    private static func isSecret(words: [String]) -> Bool {
        guard let last = words.last, !harmlessEnds.contains(last) else { return false }
        if words.contains(where: secretWords.contains) { return true }
        return zip(words, words.dropFirst()).contains { secretKeys.contains($0) && ($1 == "key" || $1 == "keys") }
    }

    /// The text without `Bearer` and `Basic` credentials, the user part of URLs, values behind names like `password=`,
    /// and keys that are known by their beginning.
    public static func redacted(_ text: String) -> String {
        guard SecretScanner.mayFindSecret(in: text) else { return text }
        var scanner = SecretScanner(text)
        return scanner.redacted() ?? text
    }
}
