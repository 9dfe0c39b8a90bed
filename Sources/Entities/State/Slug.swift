/// A name made so that people who mean the same write the same: `Sci Fi`, `sci-fi` and ` SCI FI ` are one.
public enum Slug {
    /// In bytes.
    public static let lengthMax = 80

    /// Small letters and digits, joined by hyphens; nil where nothing is left, or too much. A slug's slug is itself.
    public static func of(_ text: String) -> String? {
        let slug = Words.of(text).map(withFinalSigma).joined(separator: "-")
        return slug.isEmpty || slug.utf8.count > lengthMax ? nil : slug
    }

    /// A slug from the log as it would be made today: earlier versions made some others of a few letters.
    static func renewed(_ stored: String) -> String {
        if stored.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }) { return stored }
        return of(stored) ?? stored
    }

    /// Words have `σ` everywhere, so that beginnings of words are found; people read slugs, and write `ς` at the end.
    private static func withFinalSigma(_ word: String) -> String {
        guard word.unicodeScalars.last == "σ" else { return word }
        return String(String.UnicodeScalarView(word.unicodeScalars.dropLast())) + "ς"
    }
}
