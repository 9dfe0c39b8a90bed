import JSON

/// Schemas by the names they have in the description.
enum Schema {
    static func named(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    /// `clothing_item` as schemas are named: `ClothingItem`.
    static func name(of type: String) -> String {
        type.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    static func list(of items: JSONValue, _ more: JSONObject = [:]) -> JSONValue {
        var schema: JSONObject = ["type": "array", "items": items]
        for (name, value) in more { schema[name] = value }
        return .object(schema)
    }

    static func whole(from least: Int, to most: Int? = nil, default fallback: Int? = nil) -> JSONValue {
        var schema: JSONObject = ["type": "integer", "minimum": .integer(least)]
        if let most { schema["maximum"] = .integer(most) }
        if let fallback { schema["default"] = .integer(fallback) }
        return .object(schema)
    }

    static func choice(_ values: [String], default fallback: String? = nil) -> JSONValue {
        var schema: JSONObject = ["type": "string", "enum": .array(values.map { .string($0) })]
        if let fallback { schema["default"] = .string(fallback) }
        return .object(schema)
    }

    /// An object of these members; all are there unless they are named as optional.
    static func object(_ members: JSONObject, optional: Set<String> = []) -> JSONValue {
        let required = members.names.filter { !optional.contains($0) }.map { JSONValue.string($0) }
        var schema: JSONObject = ["type": "object", "properties": .object(members), "additionalProperties": false]
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    static let text: JSONValue = ["type": "string"]
    static let textOrNull: JSONValue = ["type": ["string", "null"]]
    static let flag: JSONValue = ["type": "boolean"]
    static let id: JSONValue = ["type": "string", "format": "uuid"]
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let count = whole(from: 0)
}
