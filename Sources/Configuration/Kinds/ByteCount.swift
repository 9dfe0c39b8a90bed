/// Numbers of bytes as people write them.
public enum ByteCount {
    private static let units: [(name: String, bytes: Int)] = [
        ("B", 1), ("kB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20),
        ("GB", 1_000_000_000), ("GiB", 1 << 30), ("TB", 1_000_000_000_000), ("TiB", 1 << 40),
    ]

    /// The shortest exact form: `64MiB`, `1GB`, `1001`. ``Kind/size(_:)`` reads it back.
    public static func spell(_ bytes: Int) -> String {
        guard bytes != 0, let unit = units.last(where: { bytes.isMultiple(of: $0.bytes) }) else { return "\(bytes)" }
        return unit.bytes == 1 ? "\(bytes)" : "\(bytes / unit.bytes)\(unit.name)"
    }

    static func read(_ text: String) throws(Malformed) -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text[digits.endIndex...].drop { $0 == " " }.lowercased()
        if ["k", "m", "g", "t"].contains(unit) {
            let letter = unit.uppercased()
            throw Malformed(hint: "Write \(digits)\(letter)iB for powers of 1024 or \(digits)\(letter)B for 1000.")
        }
        guard let count = Int(digits),
            let factor = unit.isEmpty ? 1 : units.first(where: { $0.name.lowercased() == unit })?.bytes
        else { throw Malformed() }
        let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: factor)
        guard !isTooLarge else { throw Malformed() }
        return bytes
    }
}
