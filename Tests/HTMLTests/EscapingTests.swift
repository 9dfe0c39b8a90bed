import HTML
import TestSupport
import Testing

@Suite struct EscapingTests {
    private static let seed = UInt64.random(in: 0 ... .max)

    /// What a page is made of, as the tokenizer finds it again.
    enum Token: Equatable {
        case start(String, [String])
        case end(String)
        case text(String)
        /// Bytes that none of our elements could have written.
        case foreign(String)
    }

    private static let pieces = [
        "<", ">", "\"", "'", "&", "</", "/>", "<!--", "-->", "<script>", "</script>", "</p>", "]]>", "&lt;", "&#60;",
        "&amp",
        "\u{0}", "\r", "\n", " ", "=", "`", "onload=alert(1)", "javascript:", "ü", "🙂", "\u{2028}", "\u{FEFF}", "a",
        "Z", "0",
        "\u{1}", "\u{7F}", "\u{202E}",
    ]

    private func text(_ generator: inout some RandomNumberGenerator) -> String {
        (0..<Int.random(in: 0...8, using: &generator)).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }
            .joined()
    }

    /// A random tree and the tokens it should turn into.
    private func tree(_ depth: Int, _ generator: inout SeededRandom, _ expected: inout [Token]) -> Markup {
        let words = text(&generator)
        let value = text(&generator)
        let attributes = ["title=\(seen(value))", "data-x=\(seen(words))", "hidden"]
        switch Int.random(in: 0...(depth > 0 ? 4 : 2), using: &generator) {
        case 0:
            expected.append(.text(seen(words)))
            return Markup(words)
        case 1:
            expected += [.start("td", attributes), .text(seen(words)), .end("td")]
            return TD(words, .title(value), .data("x", words), .hidden()).body
        case 2:
            expected.append(.start("input", attributes))
            return Input(.title(value), .data("x", words), .hidden()).body
        default:
            expected.append(.start("div", attributes))
            var parts: [Markup] = []
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                parts.append(tree(depth - 1, &generator, &expected))
            }
            expected.append(.end("div"))
            return Div(.title(value), .data("x", words), .hidden()) { for part in parts { part } }.body
        }
    }

    /// HTML has no way to write NUL.
    private func seen(_ text: String) -> String { text.replacing("\0", with: "\u{FFFD}") }

    @Test func noTextEverBecomesMarkup() {
        var generator = SeededRandom(seed: Self.seed)
        for _ in 0..<1_500 {
            var expected: [Token] = []
            let markup = tree(4, &generator, &expected)
            #expect(joined(Tokenizer.tokens(markup.render())) == joined(expected), "seed \(Self.seed)")
        }
    }

    @Test func noTitleLanguageOrMetadataEverBecomesMarkup() {
        var generator = SeededRandom(seed: Self.seed)
        for _ in 0..<300 {
            let text = text(&generator)
            let page = Page(title: text, language: text, metadata: [text: text]) { P(text) }
            let tokens = joined(Tokenizer.tokens(page.render()))
            #expect(tokens.contains(.start("html", ["lang=\(seen(text))"])), "seed \(Self.seed)")
            #expect(!tokens.contains { if case .foreign = $0 { true } else { false } }, "seed \(Self.seed)")
            #expect(tokens.count { if case .start = $0 { true } else { false } } == 8, "seed \(Self.seed)")
        }
    }

    /// Text that stands side by side is one text to a parser, and empty text none.
    private func joined(_ tokens: [Token]) -> [Token] {
        tokens.reduce(into: []) { joined, token in
            guard case .text(let text) = token else { return joined.append(token) }
            if text.isEmpty { return }
            if case .text(let before) = joined.last {
                joined[joined.count - 1] = .text(before + text)
            } else {
                joined.append(token)
            }
        }
    }
}

/// Reads HTML back as a browser would, for exactly the forms that we write; anything else is `foreign`.
private struct Tokenizer {
    private let scalars: [Unicode.Scalar]
    private var at = 0

    static func tokens(_ html: [UInt8]) -> [EscapingTests.Token] {
        var tokenizer = Tokenizer(scalars: Array(String(decoding: html, as: UTF8.self).unicodeScalars))
        var tokens: [EscapingTests.Token] = []
        while tokenizer.at < tokenizer.scalars.count { tokens.append(tokenizer.next()) }
        return tokens
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func next() -> EscapingTests.Token {
        guard scalars[at] == "<" else { return .text(unescaped(upTo: ["<"])) }
        at += 1
        if take("!doctype html>") { return .text("") }
        if take("/") {
            let name = word()
            return take(">") && !name.isEmpty ? .end(name) : .foreign("</\(name)")
        }
        let name = word()
        guard !name.isEmpty else { return .foreign("<") }
        var attributes: [String] = []
        while take(" ") {
            let attribute = word()
            guard !attribute.isEmpty else { return .foreign("<\(name) ") }
            if take("=\"") {
                attributes.append("\(attribute)=\(unescaped(upTo: ["\"", "<", ">"]))")
                guard take("\"") else { return .foreign(attribute) }
            } else {
                attributes.append(attribute)
            }
        }
        return take(">") ? .start(name, attributes) : .foreign("<\(name)")
    }

    private mutating func take(_ text: String) -> Bool {
        guard scalars[at...].starts(with: text.unicodeScalars) else { return false }
        at += text.unicodeScalars.count
        return true
    }

    private mutating func word() -> String {
        var word = ""
        while at < scalars.count,
            scalars[at].properties.isLowercase || scalars[at] == "-" || ("0"..."9").contains(scalars[at])
        {
            word.unicodeScalars.append(scalars[at])
            at += 1
        }
        return word
    }

    private mutating func unescaped(upTo ends: Set<Unicode.Scalar>) -> String {
        var text = ""
        while at < scalars.count, !ends.contains(scalars[at]) {
            let entities = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&#13;": "\r"]
            if scalars[at] == "&",
                let found = entities.first(where: { scalars[at...].starts(with: $0.key.unicodeScalars) })
            {
                text += found.value
                at += found.key.unicodeScalars.count
            } else {
                text.unicodeScalars.append(scalars[at])
                at += 1
            }
        }
        return text
    }
}
