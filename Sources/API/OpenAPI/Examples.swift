import JSON

/// Values that schemas of the description allow, as plain as can be.
struct Examples: Sendable {
    private let schemas: JSONObject

    /// - Parameter schemas: those that others refer to.
    init(_ schemas: JSONObject) { self.schemas = schemas }

    func value(_ schema: JSONValue) -> JSONValue { value(schema, called: nil) }

    private func value(_ schema: JSONValue, called name: String?) -> JSONValue {
        if let reference = schema["$ref"]?.string {
            return value(schemas[String(reference.split(separator: "/").last ?? "")] ?? true, called: name)
        }
        if let fixed = schema["const"] ?? schema["examples"]?[0] ?? schema["default"] { return fixed }
        if let first = schema["enum"]?[0] { return first }
        if let first = (schema["anyOf"] ?? schema["oneOf"])?[0] { return value(first, called: name) }
        switch schema["type"]?.string ?? schema["type"]?[0]?.string {
        case "integer", "number": return schema["minimum"] ?? 1
        case "boolean": return true
        case "array": return array(schema, called: name)
        case "object": return object(schema)
        default: return .string(text(schema, called: name))
        }
    }

    private func array(_ schema: JSONValue, called name: String?) -> JSONValue {
        // One of each kind, where there are kinds.
        if schema["items"]?["$ref"] == nil, let kinds = schema["items"]?["oneOf"]?.array {
            return .array(kinds.map { value($0, called: name) })
        }
        let least = max(1, schema["minItems"]?.integer ?? 0)
        return .array(Array(repeating: value(schema["items"] ?? true, called: name), count: least))
    }

    /// Whatever has to be there, and what refers to nothing else.
    private func object(_ schema: JSONValue) -> JSONValue {
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        return .object(
            JSONObject(required.map { ($0, value(schema["properties"]?[$0] ?? true, called: $0)) }))
    }

    private func text(_ schema: JSONValue, called name: String?) -> String {
        switch schema["format"]?.string {
        case "uuid": return "0197a1b2-7c3d-7000-8000-00000000000f"
        case "date-time": return "2026-11-21T06:10:34Z"
        case "date": return "2026-11-21"
        case "uri": return "https://example.org/page"
        default: break
        }
        let most = schema["maxLength"]?.integer ?? .max
        let word = name.map { "An example of \($0)" } ?? "example"
        let padded = word + String(repeating: ".", count: max(0, (schema["minLength"]?.integer ?? 0) - word.count))
        return schema["pattern"] == nil && padded.count <= most ? padded : String(repeating: "a", count: min(3, most))
    }
}
