/// How to read a typed value out of JSON, and the schema that says the same to others.
///
/// ```swift
/// static let shape = JSONShape.object(
///     .required("name", .string(length: 1...200)),
///     .optional("age", .integer(in: 0...150)),
///     .optional("tags", .array(of: .string), default: []),
///     build: NewCharacter.init)
///
/// let character = try NewCharacter.shape.read(value)
/// ```
///
/// Reading gathers all problems, each with its place, and builds nothing unless there are none.
public struct JSONShape<Value>: Sendable {
    /// What this shape accepts, as JSON Schema 2020-12.
    public let schema: JSONValue
    /// Gives nil exactly when it reported a problem.
    let inspect: @Sendable (JSONValue, inout Inspection) -> Value?

    init(schema: JSONValue, _ inspect: @escaping @Sendable (JSONValue, inout Inspection) -> Value?) {
        self.schema = schema
        self.inspect = inspect
    }

    public func read(_ value: JSONValue) throws(JSONProblems) -> Value {
        var inspection = Inspection()
        guard let result = inspect(value, &inspection) else { throw JSONProblems(inspection.problems) }
        return result
    }

    /// What becomes of a value that was read; nil refuses it with the message, which should say what to send instead.
    ///
    /// `format` is the schema's name for such strings, as `uuid`.
    public func converted<New>(
        format: String? = nil, orSay message: String, _ convert: @escaping @Sendable (Value) -> New?
    ) -> JSONShape<New> {
        var schema = schema
        if let format { schema["format"] = .string(format) }
        return JSONShape<New>(schema: schema) { [inspect] value, inspection in
            guard let read = inspect(value, &inspection) else { return nil }
            guard let new = convert(read) else {
                inspection.report(Complaint("format", message))
                return nil
            }
            return new
        }
    }

    /// What becomes of a value that was read, where there is more than one reason to refuse it.
    public func converting<New>(
        _ convert: @escaping @Sendable (Value) throws(JSONRefusal) -> New
    ) -> JSONShape<New> {
        JSONShape<New>(schema: schema) { [inspect] value, inspection in
            guard let read = inspect(value, &inspection) else { return nil }
            do throws(JSONRefusal) {
                return try convert(read)
            } catch {
                inspection.report(Complaint(error.keyword, error.message))
                return nil
            }
        }
    }

    /// The same, with more for those who read the schema, such as a `description` or `examples`.
    public func annotated(_ annotations: JSONObject) -> JSONShape {
        var schema = schema
        for (name, value) in annotations { schema[name] = value }
        return JSONShape(schema: schema, inspect)
    }

    /// The same or null, which is read as nil.
    public var orNull: JSONShape<Value?> {
        JSONShape<Value?>(schema: ["anyOf": [schema, ["type": "null"]]]) { [inspect] value, inspection in
            value.isNull ? .some(nil) : inspect(value, &inspection).map { .some($0) }
        }
    }
}

/// Why a value is not taken: a word for programs, and what to send instead.
public struct JSONRefusal: Error, Sendable {
    let keyword: String
    let message: String

    public init(_ keyword: String, _ message: String) {
        self.keyword = keyword
        self.message = message
    }
}
