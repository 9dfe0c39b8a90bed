public import JSON

/// Reads a body as JSON: 415 for another type, 400 with line and column for what is not JSON, 422 with a pointer for
/// each field that does not say what it should.
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
        do throws(JSONParseError) {
            return try JSONValue(parsing: body, limits: limits)
        } catch {
            throw Problem(error, limits)
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
