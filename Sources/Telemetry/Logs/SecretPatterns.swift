/// Keys that are known by how they begin, whoever gives them out.
struct KeyPattern: Sendable {
    /// What may follow the beginning.
    enum Alphabet: Sendable {
        /// Letters, digits, hyphens and underscores.
        case word
        case lettersAndDigits
        case capitalsAndDigits
    }

    let issuer: String
    let beginning: String
    private let beginningBytes: [UInt8]
    let alphabet: Alphabet
    /// How many bytes of the alphabet have to follow: less is a word that only begins alike.
    let followingMin: Int

    private init(_ issuer: String, _ beginning: String, _ alphabet: Alphabet = .word, followingMin: Int? = nil) {
        self.issuer = issuer
        self.beginning = beginning
        beginningBytes = Array(beginning.utf8)
        self.alphabet = alphabet
        // Words of letters alone are longer than parts of a word with hyphens between them.
        self.followingMin = followingMin ?? (alphabet == .word ? 12 : 16)
    }

    /// `RedactionTests` has an example of each; a pattern without one fails.
    static let all: [KeyPattern] = [
        KeyPattern("Life-OS", Redaction.keyPrefix),
        KeyPattern("OpenAI, Anthropic, OpenRouter, DeepSeek, Langfuse", "sk-", followingMin: 13),
        KeyPattern("Stripe, Clerk, ElevenLabs", "sk_", followingMin: 13),
        KeyPattern("Stripe", "pk_", followingMin: 13), KeyPattern("Stripe", "rk_", followingMin: 13),
        KeyPattern("Stripe", "whsec_"),
        KeyPattern("Langfuse", "pk-lf-"),
        KeyPattern("GitHub", "ghp_", .lettersAndDigits), KeyPattern("GitHub", "gho_", .lettersAndDigits),
        KeyPattern("GitHub", "ghu_", .lettersAndDigits), KeyPattern("GitHub", "ghs_", .lettersAndDigits),
        KeyPattern("GitHub", "ghr_", .lettersAndDigits), KeyPattern("GitHub", "github_pat_", followingMin: 5),
        KeyPattern("GitLab", "glpat-", followingMin: 10),
        KeyPattern("Slack", "xoxb-", followingMin: 11), KeyPattern("Slack", "xoxp-", followingMin: 11),
        KeyPattern("Slack", "xoxa-", followingMin: 11), KeyPattern("Slack", "xoxr-", followingMin: 11),
        KeyPattern("Slack", "xoxs-", followingMin: 11), KeyPattern("Slack", "xapp-", followingMin: 11),
        KeyPattern("AWS", "AKIA", .capitalsAndDigits), KeyPattern("AWS", "ASIA", .capitalsAndDigits),
        KeyPattern("Google", "AIza"), KeyPattern("Google", "ya29.", followingMin: 16), KeyPattern("Google", "GOCSPX-"),
        KeyPattern("Hugging Face", "hf_", .lettersAndDigits),
        KeyPattern("Groq", "gsk_", .lettersAndDigits),
        KeyPattern("xAI", "xai-", .lettersAndDigits),
        KeyPattern("Replicate", "r8_", .lettersAndDigits),
        KeyPattern("Perplexity", "pplx-"), KeyPattern("NVIDIA", "nvapi-"), KeyPattern("LangSmith", "lsv2_"),
        KeyPattern("Tavily", "tvly-"), KeyPattern("Pinecone", "pcsk_"), KeyPattern("Grafana", "glsa_"),
        KeyPattern("npm", "npm_", .lettersAndDigits, followingMin: 20), KeyPattern("PyPI", "pypi-", followingMin: 32),
        KeyPattern("DigitalOcean", "dop_v1_"), KeyPattern("Shopify", "shpat_"),
        KeyPattern("SendGrid", "SG.", followingMin: 16), KeyPattern("Vault", "hvs.", followingMin: 16),
        KeyPattern("age", "AGE-SECRET-KEY-"),
    ]

    /// Those that begin with a byte, by that byte: most words begin like none of them, and few like two.
    static let byFirstByte: [[KeyPattern]] = (0...255).map { first in
        all.filter { $0.beginning.utf8.first.map(Int.init) == first }
    }

    /// Whether the bytes from here on are such a key.
    func matches(_ bytes: [UInt8], at start: Int) -> Bool {
        let following = start + beginningBytes.count
        guard following + followingMin <= bytes.count else { return false }
        for (index, byte) in beginningBytes.enumerated() where bytes[start + index] != byte { return false }
        return bytes[following..<(following + followingMin)].allSatisfy { isInAlphabet($0) }
    }

    private func isInAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"): alphabet != .capitalsAndDigits
        case UInt8(ascii: "_"), UInt8(ascii: "-"): alphabet == .word
        default: false
        }
    }
}

/// Names of fields, parameters and variables whose values are secrets.
enum SecretNames {
    /// Every secret's name contains one of these. Most names contain none, and are not taken apart into words.
    static let stems: [[UInt8]] = [
        "pass", "pwd", "secret", "token", "authorization", "cookie", "key", "credential", "bearer", "sig", "jwt",
    ].map { Array($0.utf8) }

    /// A name with one of these words is a secret's.
    static let words: Set<String> = [
        "password", "passwords", "passwd", "pwd", "passphrase", "passcode", "pgpassword", "secret", "secrets", "token",
        "authorization", "cookie", "cookies", "apikey", "apikeys", "credential", "credentials", "bearer", "authtoken",
        "accesstoken", "apitoken", "accesskey", "secretkey", "privatekey", "sig", "signature", "jwt",
    ]

    /// A name with one of these words before `key` or `keys` is a secret's.
    static let keys: Set<String> = [
        "api", "private", "access", "signing", "encryption", "master", "session", "account", "auth", "client", "secret",
        "service", "shared", "subscription", "webhook",
    ]

    /// A secret's word before one of these tells about the secret without telling it.
    static let harmlessEnds: Set<String> = [
        "count", "counts", "type", "kind", "length", "limit", "max", "min", "budget", "id", "name", "seconds", "bytes",
        "total", "age", "at", "expiry", "required", "set", "present", "version", "algorithm",
    ]
}
