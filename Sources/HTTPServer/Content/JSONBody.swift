public import JSON

/// Reads a body as JSON: 415 for another type, 400 with line and column for what is not JSON, 422 with a pointer for
/// each field that does not say what it should.
///
/// A text with U+0000 is refused here, as it is in addresses and forms: neither PostgreSQL nor C libraries can hold it.
public enum JSONBody {
    /// - Parameters:
    ///   - contentType: the value of `Content-Type`. A body without one is refused: a browser can send that to us from
    ///     any page without asking.
    public static func value(
        _ body: [UInt8], contentType: String?, limits: JSONLimits = .standard
    ) throws(Problem) -> JSONValue {
        guard let type = contentType.flatMap({ MediaType($0) }), type.isJSON,
            type.charset == nil || type.charset == "utf-8"
        else { throw .unsupportedMediaType(contentType, accepted: [MediaType.json.essence]) }
        let value: JSONValue
        do throws(JSONParseError) {
            value = try JSONValue(parsing: body, limits: limits)
        } catch {
            throw Problem(error, limits)
        }
        if mayHoldNUL(body) {
            let fields = nulFields(in: value, .root)
            if !fields.isEmpty { throw .invalidFields(Array(fields.prefix(JSONProblems.mostReported))) }
        }
        return value
    }

    /// Whether `\u0000` stands somewhere, which is the only way to write it.
    private static func mayHoldNUL(_ body: [UInt8]) -> Bool {
        let escape = Array("\\u0000".utf8)
        var matched = 0
        for byte in body {
            matched = byte == escape[matched] ? matched + 1 : byte == escape[0] ? 1 : 0
            if matched == escape.count { return true }
        }
        return false
    }

    private static func nulFields(in value: JSONValue, _ place: JSONPointer) -> [Problem.Field] {
        func field(_ place: JSONPointer) -> Problem.Field {
            .init(.pointer(place.description), "pattern", "Leave out the character U+0000.")
        }
        return switch value {
        case .string(let text): text.utf8.contains(0) ? [field(place)] : []
        case .array(let elements):
            elements.enumerated().flatMap { nulFields(in: $0.element, place.appending($0.offset)) }
        case .object(let members):
            members.flatMap { member in
                (member.key.utf8.contains(0) ? [field(place)] : [])
                    + nulFields(in: member.value, place.appending(member.key))
            }
        default: []
        }
    }

    /// A body of the shape that a handler declares.
    public static func decode<Value>(
        _ body: [UInt8], contentType: String?, as shape: JSONShape<Value>, limits: JSONLimits = .standard
    ) throws(Problem) -> Value {
        let value = try value(body, contentType: contentType, limits: limits)
        do throws(JSONProblems) {
            return try shape.read(value)
        } catch {
            throw Problem(error)
        }
    }
}

extension Problem {
    fileprivate init(_ error: JSONParseError, _ limits: JSONLimits) {
        if error.code == .tooLarge {
            self = .payloadTooLarge(limitBytes: limits.bytes)
            return
        }
        self.init(
            .badRequest, "malformed_json",
            "The body is not valid JSON at line \(error.line), column \(error.column): \(error.message).",
            members: [
                "reason": .string(error.code.rawValue), "line": .number(JSONNumber(error.line)),
                "column": .number(JSONNumber(error.column)),
            ])
    }

    /// What a shape or a schema found wrong, each with its pointer, as a 422.
    public init(_ problems: JSONProblems) {
        self = .invalidFields(
            problems.problems.map { problem in
                Field(
                    .pointer(problem.pointer.description), Code(rawValue: Self.snakeCase(problem.keyword)),
                    problem.message)
            })
    }

    /// Schema keywords are camelCase, codes are not.
    private static func snakeCase(_ keyword: String) -> String {
        keyword.reduce(into: "") { text, character in
            text += character.isUppercase ? "_\(character.lowercased())" : String(character)
        }
    }
}
