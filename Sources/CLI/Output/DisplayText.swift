internal import System

/// Texts as they lie on a terminal: how wide they are, where they break, and what must not come through.
enum DisplayText {
    /// How many columns the text takes: two for what East Asian scripts and emoji need, none for marks.
    static func width(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + Self.width($1) }
    }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.properties.generalCategory == .nonspacingMark || scalar.properties.generalCategory == .format {
            return 0
        }
        // The variation selector turns a sign such as ❤ into an emoji.
        if scalar.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// The text with what could command the terminal taken out: it may come from anywhere, even from a stranger's file.
    static func clean(_ text: String, keepingLines: Bool = false) -> String {
        let isHarmless = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        if isHarmless { return text }
        var cleaned = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where keepingLines: cleaned.append(scalar)
            case "\n", "\t": cleaned.append(" ")
            default: cleaned.append(scalar.commandsTerminals ? "\u{FFFD}" : scalar)
            }
        }
        return String(cleaned)
    }

    /// The text in lines of at most `width` columns. A word that is longer has its own line, and so is not cut:
    /// it may be a path that someone wants to copy.
    static func wrap(_ text: String, width: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph -> [String] in
            var lines: [String] = []
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, Self.width(line) + 1 + Self.width(word) > width {
                    lines.append(line)
                    line = ""
                }
                line += line.isEmpty ? word : " \(word)"
            }
            return lines + [line]
        }
    }

    /// The text cut to `width` columns, with a sign that something is missing.
    static func truncate(_ text: String, width: Int, mark: String) -> String {
        guard self.width(text) > width else { return text }
        var kept = ""
        var used = self.width(mark)
        for character in text {
            used += self.width(character)
            if used > width { break }
            kept.append(character)
        }
        return kept + mark
    }

    enum Side { case left, right }

    /// The text filled up with spaces to `width` columns.
    static func pad(_ text: String, to width: Int, _ side: Side = .left) -> String {
        let filling = String(repeating: " ", count: max(0, width - self.width(text)))
        return side == .left ? text + filling : filling + text
    }
}
