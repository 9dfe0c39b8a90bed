/// Puts colour on words where there is a terminal for it, and leaves them alone elsewhere.
struct Style: Sendable, Equatable {
    let hasColours: Bool
    /// Whether letters beyond ASCII come out right.
    let hasUnicode: Bool

    init(hasColours: Bool, hasUnicode: Bool) {
        self.hasColours = hasColours
        self.hasUnicode = hasUnicode
    }

    /// Honours `NO_COLOR` (https://no-color.org), `TERM=dumb` and the locale; `--color` has the last word.
    init(isTerminal: Bool, environment: [String: String], wish: GlobalOptions.Colour) {
        switch wish {
        case .always: hasColours = true
        case .never: hasColours = false
        case .auto:
            hasColours = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        let encoding = locale.lowercased()
        hasUnicode = encoding.hasSuffix("utf-8") || encoding.hasSuffix("utf8")
    }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }
    func red(_ text: String) -> String { wrap(text, "31") }
    func green(_ text: String) -> String { wrap(text, "32") }
    func yellow(_ text: String) -> String { wrap(text, "33") }
    func cyan(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String {
        hasColours && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
