/// A name made so that people who mean the same write the same: `Sci Fi`, `sci-fi` and ` SCI FI ` are one.
public enum Slug {
    public static let lengthMax = 80

    /// Small letters and digits, joined by hyphens; nil where nothing is left.
    public static func of(_ text: String) -> String? {
        let slug = Words.of(text).joined(separator: "-")
        return slug.isEmpty || slug.utf8.count > lengthMax ? nil : slug
    }
}
