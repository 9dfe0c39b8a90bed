import Telemetry
import Testing

@Suite struct RedactionTests {
    @Test(arguments: [
        "password", "Password", "db_password", "PGPASSWORD", "token", "access_token", "accessToken", "X-Auth-Token",
        "Authorization", "proxy-authorization", "api_key", "apiKey", "X-API-Key", "apikey", "secret", "client_secret",
        "clientSecret", "cookie", "Set-Cookie", "private_key", "passphrase", "credentials", "secret_access_key",
        "session_key", "LIFEOS_ADMIN_TOKEN",
    ])
    func namesOfSecretsAreKnown(name: String) { #expect(Redaction.isSecret(name)) }

    @Test(arguments: [
        "tokens", "input_tokens", "token_count", "max_tokens", "key", "cache_key", "monkey", "author", "secretary",
        "passenger", "compass", "token_type", "password_length", "query", "", "_", "bypass", "keyboard", "primary_key",
    ])
    func harmlessNamesAreLeftAlone(name: String) { #expect(!Redaction.isSecret(name)) }

    @Test(arguments: [
        ("Authorization: Bearer abc.def-ghi", "Authorization: [redacted]"),
        ("sent Bearer s3cr3t to it", "sent Bearer [redacted] to it"),
        ("sent bearer   s3cr3t, twice", "sent bearer   [redacted], twice"),
        ("header 'Basic dXNlcjpwYXNz' refused", "header 'Basic [redacted]' refused"),
        ("postgres://me:p@ss@db:5432/x?sslmode=off", "postgres://[redacted]@db:5432/x?sslmode=off"),
        ("see https://host/a@b and https://t0k3n@git/x", "see https://host/a@b and https://[redacted]@git/x"),
        ("host=db password=hunter2 user=me", "host=db password=[redacted] user=me"),
        ("password='hun ter\\'2' user=me", "password='[redacted]' user=me"),
        ("password = hunter2", "password = [redacted]"),
        ("GET /x?token=abc&api_key=def&page=2", "GET /x?token=[redacted]&api_key=[redacted]&page=2"),
        (#"{"password":"hun\"ter2","a":1}"#, #"{"password":"[redacted]","a":1}"#),
        (#"{"api_key": "k", "n": 1}"#, #"{"api_key": "[redacted]", "n": 1}"#),
        (#"{\"secret\":\"k1\",\"n\":1}"#, #"{\"secret\":\"[redacted]\",\"n\":1}"#),
        (#"{\"secret\":\"k\\\"k\",\"n\":1}"#, #"{\"secret\":\"[redacted]\",\"n\":1}"#),
        ("Cookie: a=1; session=2\r\nHost: x", "Cookie: [redacted]\r\nHost: x"),
        ("key lok_0123456789abcdefghij is revoked", "key [redacted] is revoked"),
        ("(sk-ant-0123456789abcdef)", "([redacted])"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl.", "jwt [redacted]."),
        ("password=", "password="), ("password=\"", "password=\""), ("token:\"unclosed", "token:\"[redacted]"),
        ("token=a token=b", "token=[redacted] token=[redacted]"),
        ("passwörter passwort=x password=geheim", "passwörter passwort=x password=[redacted]"),
    ])
    func secretsInTextAreTakenOut(text: String, expected: String) {
        #expect(Redaction.redacted(text) == expected)
    }

    @Test(arguments: [
        "", "basic checks passed", "the token expired", "Token::refresh", "input_tokens=12", "12:30:01 done",
        "https://host:8080/path?page=2#a@b", "lifeos_http_requests_total", "mail to me@example.org", "a://", "bearer",
        "eyJust a word", "sk-short",
    ])
    func harmlessTextIsLeftAlone(text: String) { #expect(Redaction.redacted(text) == text) }

    @Test func noTextMakesTheScannerStumble() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = Seeded(state: seed)
        let pieces = [
            "password", "=", ":", "\"", "'", "\\", " ", "Bearer", "Basic", "://", "@", "lok_", "eyJ", ".", "ä", "\n",
            "x9X",
            "token", "/", "abcdefghijklmnop",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            let once = Redaction.redacted(text)
            #expect(once.unicodeScalars.count <= text.unicodeScalars.count + 10 * 12, "seed \(seed): \(text)")
        }
    }
}

/// A generator that repeats itself from its seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
