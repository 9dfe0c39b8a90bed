/// What a fork is called: `what-if`.
public struct ForkName: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// What a name may be, as a sentence.
    public static let rule =
        "A fork's name has up to 30 lower-case letters, digits and single dashes, and begins with a letter: what-if."

    private static let lengthMax = 30

    /// Nil for what is no name.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard 1...Self.lengthMax ~= bytes.count, Self.isLetter(bytes[0]), bytes.last != UInt8(ascii: "-") else {
            return nil
        }
        for (byte, next) in zip(bytes, bytes.dropFirst() + [0]) {
            let isDash = byte == UInt8(ascii: "-")
            guard Self.isLetter(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || isDash else { return nil }
            if isDash, next == UInt8(ascii: "-") { return nil }
        }
        self.text = text
    }

    private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }

    public var description: String { text }

    /// How its database is called, beside that of what it is a fork of.
    func database(beside source: String) -> String { Self.prefix(beside: source) + text.replacing("-", with: "_") }

    static func prefix(beside source: String) -> String { "\(source)_fork_" }

    /// The name that such a database was made for.
    init?(database: String, beside source: String) {
        let prefix = Self.prefix(beside: source)
        guard database.hasPrefix(prefix) else { return nil }
        self.init(String(database.dropFirst(prefix.count)).replacing("_", with: "-"))
    }
}
