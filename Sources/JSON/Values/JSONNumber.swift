/// A JSON number exactly as written: `1.50`, `1e400` and a thousand digits of pi all keep their spelling.
///
/// Equality, order and hash go by the exact decimal value, so `1 == 1.0` and `0 == -0`; no rounding is involved.
public struct JSONNumber: Sendable {
    /// Almost every number is a short whole one, so those need no text.
    enum Storage {
        case integer(Int64)
        /// Any other spelling the grammar allows.
        case text(String)
    }

    let storage: Storage

    /// A longer exponent is refused: it serves no number, and arithmetic on it might not end.
    static let exponentDigits = 9

    init(storage: Storage) { self.storage = storage }

    public init(_ value: some BinaryInteger) {
        storage = Int64(exactly: value).map(Storage.integer) ?? .text(String(value))
    }

    /// The shortest digits that read back as the same `Double`; nil for infinities and NaN, which JSON cannot say.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        storage = .text(value.description)
    }

    /// A number in JSON's grammar, such as the text of PostgreSQL's `numeric`; nil for anything else.
    public init?(_ text: String) {
        let bytes = text.utf8Span.span
        var parser = JSONParser(limits: .standard)
        guard !text.isEmpty, let number = try? parser.number(bytes), parser.offset == bytes.count else { return nil }
        self = number
    }

    /// The digits as written.
    public var text: String {
        switch storage {
        case .integer(let value): String(value)
        case .text(let text): text
        }
    }

    /// The value when it is whole (`3`, `3.0`, `3e2`) and fits an `Int`.
    public var integer: Int? {
        switch storage {
        case .integer(let value): Int(value)
        case .text(let text): Decimal(text).integer
        }
    }

    /// The nearest `Double`; nil when the number is beyond its range.
    public var double: Double? {
        switch storage {
        case .integer(let value): return Double(value)
        case .text(let text):
            guard let value = Double(text), value.isFinite else { return nil }
            return value
        }
    }

    public var isWhole: Bool {
        switch storage {
        case .integer: true
        case .text(let text): Decimal(text).isWhole
        }
    }
}

extension JSONNumber: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, CustomStringConvertible {
    public init(integerLiteral value: Int) { self.init(value) }

    public init(floatLiteral value: Double) {
        precondition(value.isFinite, "a number literal is beyond the range of Double")
        storage = .text(value.description)
    }

    public var description: String { text }
}
