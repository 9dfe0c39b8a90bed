import JSON

/// What a file of the catalogue has to look like, as far as a schema can say it.
struct FileForm: Sendable {
    let document: JSONValue
    let schema: JSONSchema

    static let entity = FileForm([
        "type": "object",
        "required": [
            "type", "collection", "title", "plural", "icon", "description", "version", "name_field", "schema",
        ],
        "properties": .object(
            shared.merging([
                "type": name,
                "unique_by": name,
                "preview": object(["template": text(4000)], required: ["template"]),
                "analyser": name,
            ])),
        "additionalProperties": false,
    ])

    static let system = FileForm([
        "type": "object",
        "required": [
            "category", "collection", "title", "plural", "icon", "description", "version", "name_field", "schema",
            "events",
        ],
        "properties": .object(
            shared.merging([
                "category": name,
                "events": [
                    "type": "object", "minProperties": 1, "propertyNames": name,
                    "additionalProperties": object(
                        [
                            "effect": ["enum": ["create", "merge"]], "description": text(2000), "schema": dataSchema,
                            "retired": ["type": "boolean"],
                        ], required: ["effect", "description"]),
                ],
            ])),
        "additionalProperties": false,
    ])

    private init(_ document: JSONValue) {
        self.document = document
        do {
            schema = try JSONSchema(document)
        } catch {
            preconditionFailure("the form of the catalogue's files is no schema: \(error)")
        }
    }

    /// How many fields a type may have.
    private static let fieldsMost = 200

    private static let shared: JSONObject = [
        "collection": ["type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": 48],
        "title": text(60),
        "plural": text(60),
        "icon": text(16),
        "description": text(2000),
        "version": ["type": "integer", "minimum": 1, "maximum": 10_000],
        "name_field": name,
        "schema": dataSchema,
        "search": ["type": "object", "additionalProperties": ["enum": ["A", "B", "C", "D"]]],
        "upcasters": ["type": "array", "items": upcaster],
        "summary": ["type": "array", "items": summary, "maxItems": 10],
    ]

    /// Names become names of tables, columns and parts of addresses.
    private static let name: JSONValue = [
        "type": "string", "pattern": "^[a-z][a-z0-9]*(_[a-z0-9]+)*$", "maxLength": 48,
    ]

    private static let dataSchema = object(
        [
            "type": ["const": "object"],
            "properties": ["type": "object", "propertyNames": name, "maxProperties": .integer(fieldsMost)],
            "required": ["type": "array", "items": ["type": "string"], "uniqueItems": true],
            "additionalProperties": ["type": "boolean"],
        ], required: ["properties"])

    private static let summary = object(
        ["title": text(60), "count_by": name, "sum": name, "by": name], required: ["title"])

    private static let upcaster = object(
        [
            "from": ["type": "integer", "minimum": 1],
            "description": text(2000),
            "changes": ["type": "array", "minItems": 1, "items": change],
        ], required: ["from", "changes"])

    private static let change: JSONValue = [
        "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
        "properties": [
            "rename": object(["from": name, "to": name], required: ["from", "to"]),
            "default": object(["field": name, "value": true], required: ["field", "value"]),
            "remove": name,
            "map": object(
                ["field": name, "values": ["type": "object", "minProperties": 1]], required: ["field", "values"]),
            "split": object(
                [
                    "field": name, "into": ["type": "array", "minItems": 2, "items": name, "uniqueItems": true],
                    "separator": text(20), "as": ["enum": ["string", "integer", "number"]],
                ], required: ["field", "into", "separator"]),
            "join": object(
                [
                    "fields": ["type": "array", "minItems": 2, "items": name, "uniqueItems": true], "into": name,
                    "separator": ["type": "string", "maxLength": 20],
                ], required: ["fields", "into", "separator"]),
            "function": text(100),
        ],
    ]

    private static func text(_ lengthMax: Int) -> JSONValue {
        ["type": "string", "minLength": 1, "maxLength": .integer(lengthMax)]
    }

    private static func object(_ properties: JSONObject, required: [String]) -> JSONValue {
        SchemaDocuments.object(properties, required: required)
    }
}

extension JSONObject {
    fileprivate func merging(_ more: JSONObject) -> JSONObject {
        JSONObject(map { ($0.key, $0.value) } + more.map { ($0.key, $0.value) })
    }
}
