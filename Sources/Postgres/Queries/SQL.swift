public import System

/// A statement whose interpolated values are bound as parameters, never pasted into the text.
///
///     let sql: SQL = "SELECT name FROM people WHERE id = \(id) AND age > \(age)"
///
/// Text that is not a literal has to say so: `\(unsafeSQL: order)`. Names are quoted: `\(identifier: table)`. One
/// `SQL` goes into another with its parameters: `\(condition)`.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// With `$1`, `$2` … where values were interpolated.
    public internal(set) var text: String
    var parameters = Parameters()

    public init(stringLiteral text: String) { self.text = text }

    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

    /// Takes the text as it is. Never hand it anything that a user wrote.
    public init(unsafeSQL text: String) { self.text = text }

    /// The number of bound values.
    public var parameterCount: Int { parameters.entries.count }

    /// The server's limit for one statement. Beyond it, pass an array and `unnest` it.
    public static let parametersMax = 65_535

    public struct StringInterpolation: StringInterpolationProtocol {
        var sql: SQL

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql = SQL(unsafeSQL: "")
            sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            sql.parameters.entries.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { sql.text += literal }

        public mutating func appendInterpolation(_ value: some PostgresValue) { sql.bind(value) }

        /// Binds NULL where there is no value. Spelled out, since the compiler warns of optionals in other places.
        public mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) { sql.bind(value) }

        public mutating func appendInterpolation(_ other: SQL) { sql.append(other) }

        public mutating func appendInterpolation(unsafeSQL text: String) { sql.text += text }

        /// A table, column or channel name, quoted so that any characters are only a name.
        public mutating func appendInterpolation(identifier name: String) { sql.text += SQL.quoted(name) }

        /// Text as a quoted constant, for statements that take no parameters, such as COPY.
        public mutating func appendInterpolation(literal text: String) { sql.text += SQL.literal(text) }

        /// An array of identifiers as constants, for the same statements.
        public mutating func appendInterpolation(literals identifiers: [UUID]) {
            sql.text += "ARRAY[\(identifiers.map { SQL.literal($0.description) }.joined(separator: ","))]::uuid[]"
        }
    }

    /// Adds text as it is, for statements that are put together from pieces. Never hand it anything that a user wrote.
    public mutating func append(unsafeSQL more: String) { text += more }

    /// Adds a value at the end, as interpolating it would.
    public mutating func bind(_ value: some PostgresValue) {
        parameters.append(value, at: text.utf8.count)
        appendPlaceholder(parameters.entries.count)
    }

    private mutating func appendPlaceholder(_ number: Int) {
        text += "$"
        text += String(number)
    }

    /// Takes over the other's text and parameters, which get new numbers.
    mutating func append(_ other: SQL) {
        if other.parameterCount == 0 {
            text += other.text
            return
        }
        var copied = other.text.startIndex
        for (index, entry) in other.parameters.entries.enumerated() {
            let placeholder = other.text.utf8.index(other.text.startIndex, offsetBy: Int(entry.textOffset))
            text += other.text[copied..<placeholder]
            parameters.append(other.parameters, index, at: text.utf8.count)
            appendPlaceholder(parameters.entries.count)
            copied = other.text.utf8.index(placeholder, offsetBy: 1 + String(index + 1).utf8.count)
        }
        text += other.text[copied...]
    }

    /// The text as a constant that means the same whatever `standard_conforming_strings` says.
    static func literal(_ value: String) -> String {
        var text = " E'"
        // A zero byte would end the text where libpq takes it over.
        for character in value.unicodeScalars where character != "\0" {
            if character == "'" || character == "\\" { text.unicodeScalars.append(character) }
            text.unicodeScalars.append(character)
        }
        return text + "'"
    }

    /// The name in double quotes, for use in SQL text.
    static func quoted(_ name: String) -> String {
        var text = "\""
        // A zero byte would end the text where libpq takes it over.
        for character in name.unicodeScalars where character != "\0" {
            if character == "\"" { text += "\"" }
            text.unicodeScalars.append(character)
        }
        return text + "\""
    }
}

extension Sequence where Element == SQL {
    /// All of them in one, such as conditions by ` AND `.
    public func joined(by separator: SQL) -> SQL {
        var joined: SQL?
        for part in self {
            joined?.append(separator)
            if joined == nil { joined = part } else { joined?.append(part) }
        }
        return joined ?? ""
    }
}
