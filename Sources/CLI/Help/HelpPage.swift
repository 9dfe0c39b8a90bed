/// A page of help: paragraphs and lists beneath headings, laid out for a terminal.
struct HelpPage {
    private var blocks: [String] = []
    private let width: Int
    private let style: Style

    private static let indent = "  "
    /// A term that is wider than this has its text beneath it.
    private static let termWidthMax = 26
    private static let textWidthMin = 24

    init(width: Int, style: Style) {
        self.width = width
        self.style = style
    }

    mutating func add(paragraph: String) {
        blocks.append(DisplayText.wrap(paragraph, width: width).joined(separator: "\n"))
    }

    /// Adds how to call it; what does not fit goes beneath the first word.
    mutating func add(usage parts: [String], of name: String) {
        let head = "Usage: \(name)"
        var lines = [style.bold("Usage:") + " \(name)"]
        var used = DisplayText.width(head)
        let indent = String(repeating: " ", count: min(24, used + 1))
        for part in parts {
            if used + 1 + DisplayText.width(part) > width {
                lines.append(indent + part)
                used = DisplayText.width(indent + part)
            } else {
                lines[lines.count - 1] += " " + part
                used += 1 + DisplayText.width(part)
            }
        }
        blocks.append(lines.joined(separator: "\n"))
    }

    /// Adds a list of terms and what they mean, in two columns.
    ///
    /// - Parameter termWidthMin: so wide the first column is at least, for lists whose second columns are to line up.
    mutating func add(list title: String, _ entries: [(term: String, text: String)], termWidthMin: Int = 0) {
        guard !entries.isEmpty else { return }
        let widths = entries.map { DisplayText.width($0.term) }.filter { $0 <= Self.termWidthMax }
        var column = max(widths.max() ?? 8, min(termWidthMin, Self.termWidthMax))
        // A narrow terminal has no room for two columns: every text then goes beneath its term.
        if width - column - 4 < Self.textWidthMin { column = 2 }
        let hanging = String(repeating: " ", count: Self.indent.count + column + 2)
        var lines = [style.bold("\(title):")]
        for (term, text) in entries {
            var texts = DisplayText.wrap(text, width: width - hanging.count)[...]
            if DisplayText.width(term) > column {
                lines.append(Self.indent + style.cyan(term))
            } else {
                let padded = style.cyan(term) + String(repeating: " ", count: column - DisplayText.width(term))
                lines.append("\(Self.indent)\(padded)  \(texts.popFirst() ?? "")")
            }
            lines += texts.map { hanging + $0 }
        }
        blocks.append(lines.map(Self.withoutTrailingSpaces).joined(separator: "\n"))
    }

    /// Adds command lines to copy, each with what it does beneath.
    mutating func add(examples: KeyValuePairs<String, String>) {
        guard !examples.isEmpty else { return }
        var lines = [style.bold("Examples:")]
        for (command, meaning) in examples {
            lines.append(Self.indent + style.cyan(command))
            lines += DisplayText.wrap(meaning, width: width - 6).map { "      " + $0 }
        }
        blocks.append(lines.joined(separator: "\n"))
    }

    var text: String { blocks.joined(separator: "\n\n") + "\n" }

    private static func withoutTrailingSpaces(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
