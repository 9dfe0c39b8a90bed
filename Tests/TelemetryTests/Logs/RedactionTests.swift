import TestSupport
import Testing

@testable import Telemetry

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
        ("api_key=A;B user=me", "api_key=[redacted] user=me"), ("password=a;user=me", "password=[redacted];user=me"),
        ("(password=a)b) failed", "(password=[redacted]) failed"),
        ("password=it's, and more", "password=[redacted], and more"),
        ("sv=2024&sig=a%2Bb%3D&se=x", "sv=2024&sig=[redacted]&se=x"),
        ("api%5Fkey=k&page=2", "api%5Fkey=[redacted]&page=2"), ("?api%255Fkey=k", "?api%255Fkey=[redacted]"),
        ("to=%2Fx%3Ftoken%3Dabc%26page%3D2&a=1", "to=%2Fx%3Ftoken%3D[redacted]%26page%3D2&a=1"),
        ("token=a%20b%26c page", "token=[redacted] page"),
        (#"{"api\u005fkey":"k","n":1}"#, #"{"api\u005fkey":"[redacted]","n":1}"#),
        (#"{"secret":"a\u0022b","n":1}"#, #"{"secret":"[redacted]","n":1}"#),
        ("postgres://me:a/b?c#d@db/x failed", "postgres://[redacted]@db/x failed"),
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

    /// One for each pattern: `aPatternHasAnExample` compares them.
    private static let keys: [String: String] = [
        "lok_": "lok_0123456789abcdefghij", "sk-": "sk-ant-api03-0123456789abcdef", "sk_": "sk_live_0123456789abcdef",
        "pk_": "pk_live_0123456789abcdef", "rk_": "rk_live_0123456789abcdef", "whsec_": "whsec_0123456789abcdefghij",
        "pk-lf-": "pk-lf-01234567-89ab-cdef", "ghp_": "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "gho_": "gho_0123456789abcdefghij", "ghu_": "ghu_0123456789abcdefghij", "ghs_": "ghs_0123456789abcdefghij",
        "ghr_": "ghr_0123456789abcdefghij", "github_pat_": "github_pat_11ABCDEFG0_abcdefghij",
        "glpat-": "glpat-abcdefghij_0123456789", "xoxb-": "xoxb-123456789012-abcdef",
        "xoxp-": "xoxp-123456789012-abcdef",
        "xoxa-": "xoxa-2-123456789012", "xoxr-": "xoxr-123456789012", "xoxs-": "xoxs-123456789012",
        "xapp-": "xapp-1-A0123456789-0123", "AKIA": "AKIAIOSFODNN7EXAMPLE", "ASIA": "ASIAIOSFODNN7EXAMPLE",
        "AIza": "AIzaSyA-0123456789abcdefghijklmnopqrstu", "ya29.": "ya29.a0AfH6SMB0123456789_-abc",
        "GOCSPX-": "GOCSPX-0123456789abcdef", "hf_": "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
        "gsk_": "gsk_0123456789abcdefABCDEF", "xai-": "xai-0123456789abcdefABCDEF", "r8_": "r8_0123456789abcdefABCDEF",
        "pplx-": "pplx-0123456789abcdefABCDEF", "nvapi-": "nvapi-0123456789abcdef_-AB",
        "lsv2_": "lsv2_pt_0123456789abcdef",
        "tvly-": "tvly-dev-0123456789abcdef", "pcsk_": "pcsk_0123456789abcdef_AB",
        "glsa_": "glsa_0123456789abcdefABCD_01",
        "npm_": "npm_0123456789abcdefABCDEF0123456789abcd", "pypi-": "pypi-AgEIcHlwaS5vcmcCJDAxMjM0NTY3LTg5YWItY2Rl",
        "dop_v1_": "dop_v1_0123456789abcdef", "shpat_": "shpat_0123456789abcdef",
        "SG.": "SG.0123456789abcdefgh.0123456789_-",
        "hvs.": "hvs.CAESI0123456789abcdef", "AGE-SECRET-KEY-": "AGE-SECRET-KEY-1QQPQYZAMR3DPVTG",
    ]

    @Test func aPatternHasAnExample() {
        #expect(Set(Self.keys.keys) == Set(KeyPattern.all.map(\.beginning)))
        for (beginning, key) in Self.keys {
            #expect(key.hasPrefix(beginning))
            for text in ["\(key)", "the key \(key) is gone", "(\(key)),", "x=\(key)&y", "old-\(key)", "MY_\(key)"] {
                let shown = Redaction.redacted(text)
                #expect(!shown.contains(key.suffix(6)) && shown.contains(Redaction.mark), "\(text): \(shown)")
            }
        }
    }

    @Test(arguments: [
        "ASIAN-CUISINE-PICTURES", "AKIA is a prefix", "hf_transformers_cache_folder", "npm_config_registry_url",
        "task-management-of-things", "entities_pk_by_type_and_id", "xai-is-a-company", "SG. is Singapore",
        "r8_of_something_longer", "risk-averse-investment",
    ])
    func whatOnlyBeginsLikeAKeyIsLeftAlone(text: String) { #expect(Redaction.redacted(text) == text) }

    @Test(arguments: SecretNames.words.sorted() + SecretNames.keys.sorted().map { "\($0)_key" })
    func everyNameOfASecretIsKnownHoweverItIsWritten(name: String) {
        let last = name.utf8.last ?? 0
        let percent = "%" + String(last, radix: 16)
        let hex = String(last, radix: 16)
        let start = String(name.dropLast())
        for text in [
            "\(name)=s3cr3t", "\(name.uppercased()): s3cr3t", "{\"\(name)\":\"s3cr3t\"}", "\(start)\(percent)=s3cr3t",
            "\(start)%25\(hex)=s3cr3t", "\(name)%3Ds3cr3t", "{\"\(start)\\u00\(hex)\":\"s3cr3t\"}",
            "\(start)&#\(last);=s3cr3t", "&quot;\(name)&quot;:&quot;s3cr3t&quot;", "x[\(name)]=s3cr3t",
            ":\(name) => \"s3cr3t\"", "\(name) := s3cr3t", "<\(name)>s3cr3t</\(name)>", "--\(name) s3cr3t",
            "app.\(name)=s3cr3t", "X-\(name): s3cr3t",
        ] {
            let shown = Redaction.redacted(text)
            #expect(!shown.contains("s3cr3t") && shown.contains(Redaction.mark), "\(text): \(shown)")
        }
    }

    @Test func noTextMakesTheScannerStumble() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededRandom(seed: seed)
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
