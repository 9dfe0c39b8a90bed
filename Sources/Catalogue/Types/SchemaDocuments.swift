import JSON

/// Schemas made of other schemas.
enum SchemaDocuments {
    /// The schema of a merge patch for what has that schema: nothing is required, and null removes what is not.
    static func patch(of schema: JSONValue) -> JSONValue {
        guard var patch = schema.object, let properties = patch["properties"]?.object else { return schema }
        let required = Set(patch["required"]?.array?.compactMap(\.string) ?? [])
        patch["required"] = nil
        patch["minProperties"] = nil
        patch["properties"] = .object(
            JSONObject(
                properties.map { name, inner in
                    (name, required.contains(name) ? self.patch(of: inner) : orNull(self.patch(of: inner)))
                }))
        return .object(patch)
    }

    private static func orNull(_ schema: JSONValue) -> JSONValue {
        var widened = schema
        if let kind = schema["type"]?.string { widened["type"] = .array([.string(kind), "null"]) }
        if let choices = schema["enum"]?.array { widened["enum"] = .array(choices + [.null]) }
        return widened
    }

    /// An object of exactly these members.
    static func object(_ properties: JSONObject, required: [String] = []) -> JSONValue {
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        schema["additionalProperties"] = false
        return .object(schema)
    }

    /// Without what only people read, so that rewording a description changes nothing.
    static func bare(_ schema: JSONValue) -> JSONValue {
        switch schema {
        case .object(var object):
            for name in ["title", "description", "examples", "$comment", "default"] where object[name]?.object == nil {
                object[name] = nil
            }
            return .object(JSONObject(object.map { ($0.key, bare($0.value)) }))
        case .array(let elements): return .array(elements.map(bare))
        default: return schema
        }
    }
}
