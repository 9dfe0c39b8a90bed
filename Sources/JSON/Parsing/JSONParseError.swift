/// Why bytes are no JSON document, and where.
public struct JSONParseError: Error, Hashable {
    /// What kind of mistake it is. More may be added: a `switch` needs a `default`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let unexpectedEnd = Code(rawValue: "unexpected_end")
        public static let unexpectedByte = Code(rawValue: "unexpected_byte")
        public static let trailingContent = Code(rawValue: "trailing_content")
        public static let invalidUTF8 = Code(rawValue: "invalid_utf8")
        public static let byteOrderMark = Code(rawValue: "byte_order_mark")
        public static let controlCharacter = Code(rawValue: "control_character")
        public static let invalidEscape = Code(rawValue: "invalid_escape")
        public static let invalidNumber = Code(rawValue: "invalid_number")
        public static let duplicateName = Code(rawValue: "duplicate_name")
        public static let tooLarge = Code(rawValue: "too_large")
        public static let tooDeep = Code(rawValue: "too_deep")
        public static let tooManyValues = Code(rawValue: "too_many_values")
        public static let numberTooLong = Code(rawValue: "number_too_long")
    }

    public let code: Code
    /// What is wrong and what to do about it, without the place.
    public let message: String
    /// Bytes before the mistake.
    public let offset: Int
    /// The line of the mistake, counted from 1.
    public let line: Int
    /// The character (Unicode scalar) of that line, counted from 1.
    public let column: Int

    init(_ code: Code, _ message: String, at offset: Int, in bytes: Span<UInt8>) {
        self.code = code
        self.message = message
        self.offset = offset
        var line = 1
        var column = 1
        for index in 0..<min(offset, bytes.count) {
            let byte = bytes[index]
            if byte == Byte.lineFeed {
                line += 1
                column = 1
            } else if byte & 0b1100_0000 != 0b1000_0000 {
                // Continuation bytes belong to the character before.
                column += 1
            }
        }
        self.line = line
        self.column = column
    }
}

extension JSONParseError: CustomStringConvertible {
    public var description: String { "line \(line), column \(column): \(message)" }
}
