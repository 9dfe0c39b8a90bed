import JSON

/// Values that a schema of the description allows, as plain as can be.
struct Examples {
    let description: Description

    func value(_ schema: JSONValue) -> JSONValue {
        let schema = description.resolved(schema)
        if let fixed = schema["const"] ?? schema["default"] ?? schema["examples"]?[0] { return fixed }
        if let first = schema["enum"]?[0] { return first }
        if let first = (schema["anyOf"] ?? schema["oneOf"])?[0] { return value(first) }
        switch schema["type"]?.string ?? schema["type"]?[0]?.string {
        case "integer": return schema["minimum"] ?? 1
        case "number": return schema["minimum"] ?? 1
        case "boolean": return true
        case "array":
            // One of each kind, where there are kinds.
            if let kinds = schema["items"]?["oneOf"]?.array { return .array(kinds.map { value($0) }) }
            let least = max(1, schema["minItems"]?.integer ?? 0)
            return .array(Array(repeating: value(schema["items"] ?? .null), count: least))
        case "object":
            let required = (schema["required"]?.array ?? []).compactMap(\.string)
            return .object(JSONObject(required.map { ($0, value(schema["properties"]?[$0] ?? true)) }))
        default: return .string(text(schema))
        }
    }

    private func text(_ schema: JSONValue) -> String {
        switch schema["format"]?.string {
        case "uuid": return "0197a1b2-7c3d-7000-8000-00000000000f"
        case "date-time": return "2026-11-21T06:10:34Z"
        case "date": return "2026-11-21"
        case "uri": return "https://example.org/page"
        default: return String(repeating: "a", count: max(3, schema["minLength"]?.integer ?? 0))
        }
    }
}
