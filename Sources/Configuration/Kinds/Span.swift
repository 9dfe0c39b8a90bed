/// Durations as people write them.
public enum Span {
    /// A hundred years: longer than anything that is meant, and far from overflow.
    public static let longest: Duration = .seconds(36_525 * 86_400)

    private static let units: [(name: String, microseconds: Int64)] = [
        ("us", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
    ]

    /// The exact form in falling units: `1h30m`, `250ms`, `0s`. ``Kind/duration(_:)`` reads it back.
    public static func spell(_ duration: Duration) -> String {
        var rest = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units.reversed() where rest >= unit.microseconds {
            text += "\(rest / unit.microseconds)\(unit.name)"
            rest %= unit.microseconds
        }
        return text
    }

    static func read(_ text: String) throws(Malformed) -> Duration {
        var rest = text[...]
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest[digits.endIndex...].prefix { $0.isASCII && $0.isLetter }
            rest = rest[name.endIndex...]
            guard let count = Int64(digits) else { throw Malformed() }
            if name.isEmpty, rest.isEmpty {
                if count == 0, total == 0 { return .zero }
                throw Malformed(hint: "Add the unit: \(text)s, \(text)m or \(text)h.")
            }
            guard let unit = units.first(where: { $0.name == name }) else { throw Malformed() }
            let (microseconds, isTooLarge) = count.multipliedReportingOverflow(by: unit.microseconds)
            guard !isTooLarge, total + microseconds >= total,
                .microseconds(total + microseconds) <= longest
            else { throw Malformed() }
            total += microseconds
        }
        guard !text.isEmpty else { throw Malformed() }
        return .microseconds(total)
    }
}
