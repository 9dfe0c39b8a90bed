import TestSupport
import Testing

@testable import Telemetry

/// Random secrets, in all the places that secrets are found in, encoded in all ways.
@Suite struct RandomSecretTests {
    private typealias Form = @Sendable (_ name: String, _ secret: String) -> String

    /// Where the secret stands as it is. It holds no blanks, and nothing that could begin another field.
    private static let plain: [Form] = [
        { "\($0)=\($1)" }, { "\($0)=\($1);" }, { "host=db \($0)=\($1) user=me" }, { "(\($0)=\($1))" },
        { "export \($0)=\($1)\nnext line" }, { "--\($0) \($1) --verbose" }, { "--\($0)=\($1)" }, { "\($0): \($1)" },
        { "Server=db;\($0)=\($1);Database=x" }, { "[\($0)=\($1)], [a=b]" }, { "<\($0)>\($1)</\($0)>" },
        { "Authorization: Bearer \($1)\r\nx-\($0): \($1)\r\n" }, { "postgres://me:\($1)@db.example/x \($0)" },
    ]
    /// Where it is quoted, its own quotes and backslashes escaped.
    private static let quoted: [Form] = [
        { "{\"\($0)\":\"\(escaped($1))\",\"n\":1}" }, { "\($0)='\(escaped($1))' user=me" },
        { "\($0) = \"\(escaped($1))\"" },
        { "{\\\"\($0)\\\":\\\"\(escaped(escaped($1)))\\\",\\\"n\\\":1}" }, { "'\($0)' => \"\(escaped($1))\"," },
    ]
    /// Where it is a part of an address.
    private static let encoded: [Form] = [
        { "GET /x?\($0)=\(percent($1))&page=2 HTTP/1.1" }, { "https://h/?a=b&\($0)=\(percent($1))#top" },
        { "next=\(percent("/cb?\($0)=\(percent($1))&page=2"))&x=1" }, { "https://me:\(percent($1))@h/\($0)" },
        { "\"url\":\"https:\\/\\/h\\/?\($0)=\(percent($1))\"" }, { "\(percent($0, all: true))=\(percent($1))&a=1" },
        { "<a href=\"/x?a=1&amp;\($0)=\(percent($1))&amp;b=2\">" },
    ]

    @Test func noSecretIsShownWhereverItStands() {
        var random = SeededRandom.forTest()
        let names =
            SecretNames.words.sorted() + SecretNames.keys.sorted().map { "\($0)-key" } + [
                "clientSecret", "DB_PASSWORD",
            ]
        let surroundings = ["", "a word ", "12:30:01 x=1 ", "{\"a\":1} ", "ä\u{9B} ", "%zz & \\ ", "user@host "]
        for _ in 0..<Effort.rounds(1_000) {
            let name = names[Int.random(in: 0..<names.count, using: &random)]
            let (forms, letters) =
                switch Int.random(in: 0..<3, using: &random) {
                // Without brackets and, encoded, slashes: what closes a field or begins an address still cuts a secret short.
                case 0: (Self.plain, Self.letters + Array("!#$%*+,-.;?@^_|~&"))
                case 1: (Self.quoted, Self.letters + Array("!#$%*+,-.;?@^_|~)}& =:'\"\\<>/äß"))
                default: (Self.encoded, Self.letters + Array("!#$%*+,-.;?@^_|~)}& =:'\"\\<>äß"))
                }
            let count = Int.random(in: 6...24, using: &random)
            let secret = String((0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
            let form = forms[Int.random(in: 0..<forms.count, using: &random)]
            let before = surroundings[Int.random(in: 0..<surroundings.count, using: &random)]
            let after = surroundings[Int.random(in: 0..<surroundings.count, using: &random)]
            let text = "\(before)\(form(name, secret)) \(after)"
            let shown = Redaction.redacted(text)
            let elsewhere = "\(before)\(form(name, ""))\(after)"
            for part in Self.parts(of: secret) + Self.parts(of: Self.percent(secret))
            where shown.contains(part) && !elsewhere.contains(part) {
                Issue.record("\(text) became \(shown), which shows \(part) of \(secret)")
                break
            }
        }
    }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    private static func parts(of secret: String) -> [Substring] {
        secret.count < 5 ? [] : (0...(secret.count - 5)).map { secret.dropFirst($0).prefix(5) }
    }

    private static func escaped(_ text: String) -> String {
        String(text.flatMap { $0 == "\"" || $0 == "\\" || $0 == "'" ? ["\\", $0] : [$0] })
    }

    private static func percent(_ text: String, all: Bool = false) -> String {
        text.utf8.map { byte in
            let isPlain = !all && letters.contains(Character(Unicode.Scalar(byte)))
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(Unicode.Scalar(byte)) : "%\(hex.count == 1 ? "0" : "")\(hex)"
        }.joined()
    }
}
