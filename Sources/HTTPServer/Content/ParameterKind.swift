public import JSON
public import System

/// How the text of a parameter becomes a value, and the schema that says the same to those who send it.
public struct ParameterKind<Value>: Sendable {
    /// What is taken, as JSON Schema 2020-12. Everything that `parse` takes fits it.
    public let schema: JSONValue
    let parse: @Sendable (String) throws(ParameterRefusal) -> Value
    /// A value as the schema shows it; nil where defaults are not shown.
    let encode: (@Sendable (Value) -> JSONValue)?

    public init(
        _ schema: JSONValue, encode: (@Sendable (Value) -> JSONValue)? = nil,
        _ parse: @escaping @Sendable (String) throws(ParameterRefusal) -> Value
    ) {
        self.schema = schema
        self.parse = parse
        self.encode = encode
    }

    /// - Parameter advice: what to send, said when `parse` returns nil; a whole sentence.
    public init(
        _ schema: JSONValue, code: Problem.Code = "malformed", advice: String,
        encode: (@Sendable (Value) -> JSONValue)? = nil, parse: @escaping @Sendable (String) -> Value?
    ) {
        self.init(schema, encode: encode) { text throws(ParameterRefusal) in
            guard let value = parse(text) else { throw ParameterRefusal(code, advice) }
            return value
        }
    }
}

/// Why the text of a parameter is not taken.
public struct ParameterRefusal: Error, Sendable {
    public let code: Problem.Code
    /// What to send instead.
    public let advice: String

    public init(_ code: Problem.Code, _ advice: String) {
        self.code = code
        self.advice = advice
    }
}

extension ParameterKind<Int> {
    /// A whole number, without the leading `+` that `Int` would take.
    public static func int(in range: ClosedRange<Int> = .min ... .max) -> ParameterKind<Int> {
        let advice = "Use a whole number\(inWords(range))."
        var schema: JSONValue = ["type": "integer"]
        if range.lowerBound > .min { schema["minimum"] = .integer(range.lowerBound) }
        if range.upperBound < .max { schema["maximum"] = .integer(range.upperBound) }
        return ParameterKind(schema, encode: { .integer($0) }) { text throws(ParameterRefusal) in
            guard text.utf8.first != UInt8(ascii: "+"), let number = Int(text) else {
                throw ParameterRefusal("malformed", advice)
            }
            guard range.contains(number) else { throw ParameterRefusal("out_of_range", advice) }
            return number
        }
    }

    private static func inWords(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): ""
        case (let lower, .max): " from \(lower)"
        case (.min, let upper): " up to \(upper)"
        case (let lower, let upper): " from \(lower) to \(upper)"
        }
    }
}

extension ParameterKind<String> {
    /// Any text; an empty value counts as text.
    public static var text: ParameterKind<String> {
        ParameterKind(["type": "string"], advice: "", encode: { .string($0) }) { $0 }
    }

    /// Text of so many characters (Unicode scalars).
    public static func text(length: ClosedRange<Int>) -> ParameterKind<String> {
        var schema: JSONValue = ["type": "string", "maxLength": .integer(length.upperBound)]
        if length.lowerBound > 0 { schema["minLength"] = .integer(length.lowerBound) }
        return ParameterKind(schema, encode: { .string($0) }) { text throws(ParameterRefusal) in
            let count = text.unicodeScalars.count
            if count < length.lowerBound {
                let unit = length.lowerBound == 1 ? "character" : "characters"
                throw ParameterRefusal("too_short", "Use at least \(length.lowerBound) \(unit).")
            }
            if count > length.upperBound {
                throw ParameterRefusal("too_long", "Use at most \(length.upperBound) characters.")
            }
            return text
        }
    }

    /// Text that a schema describes: what does not fit it is refused, with this advice.
    public static func text(fitting schema: JSONValue, advice: String) -> ParameterKind<String> {
        // Schemas are written by us, so a wrong one stops the program where it is declared.
        guard let compiled = try? JSONSchema(schema) else { preconditionFailure("no schema: \(schema)") }
        return ParameterKind(schema, advice: advice, encode: { .string($0) }) { text in
            compiled.problems(in: .string(text)).isEmpty ? text : nil
        }
    }

    /// One of these names.
    public static func name(among names: [String], advice: String? = nil) -> ParameterKind<String> {
        ParameterKind(
            ["type": "string", "enum": .array(names.map { .string($0) })], code: "not_a_choice",
            advice: advice ?? "Use one of: \(names.joined(separator: ", ")).", encode: { .string($0) }
        ) { names.contains($0) ? $0 : nil }
    }
}

extension ParameterKind where Value: RawRepresentable<String> & CaseIterable & Sendable {
    /// One of an enumeration's raw values.
    public static func choice(of type: Value.Type = Value.self) -> ParameterKind<Value> {
        let names = Value.allCases.map(\.rawValue)
        return ParameterKind(
            ["type": "string", "enum": .array(names.map { .string($0) })], code: "not_a_choice",
            advice: "Use one of: \(names.joined(separator: ", ")).", encode: { .string($0.rawValue) }
        ) { Value(rawValue: $0) }
    }
}

extension ParameterKind<Bool> {
    /// Exactly `true` or `false`.
    public static var bool: ParameterKind<Bool> {
        ParameterKind(["type": "boolean"], advice: "Use true or false.", encode: { .bool($0) }) { Bool($0) }
    }
}

extension ParameterKind<UUID> {
    public static var uuid: ParameterKind<UUID> {
        ParameterKind(
            ["type": "string", "format": "uuid"],
            advice: "Use an identifier such as 0197a1b2-0000-7000-8000-00000000000f."
        ) { UUID($0) }
    }
}

extension ParameterKind<Timestamp> {
    /// A moment as RFC 3339 writes it.
    public static var timestamp: ParameterKind<Timestamp> {
        ParameterKind(
            ["type": "string", "format": "date-time"],
            advice: "Use a time such as 2026-11-21T06:10:34Z, with a + of its offset written as %2B."
        ) { Timestamp($0) }
    }
}
