import Catalogue
import Entities
import HTTPServer
import JSON

/// What operations share: schemas, parameters, headers, problems.
extension OpenAPIDocument {
    var components: JSONValue {
        [
            "schemas": .object(schemas),
            "parameters": .object(
                JSONObject(shared.sorted { $0.value < $1.value }.map { ($0.value, Self.parameter($0.key)) })),
            "headers": .object(
                JSONObject(
                    RouteDescription.Header.allCases.map {
                        ($0.rawValue, ["description": .string($0.summary), "schema": Schema.text])
                    })),
            "responses": .object(JSONObject(ProblemCodes.statuses.map { (Self.name(of: $0), Self.problem($0)) })),
            "securitySchemes": [
                "token": [
                    "type": "http", "scheme": "bearer",
                    "description": "The token of LIFEOS_ADMIN_TOKEN, or of the file admin-token in LIFEOS_HOME.",
                ]
            ],
        ]
    }

    private static func problem(_ status: Status) -> JSONValue {
        let entries = ProblemCodes.entries(of: status)
        let name = "Problem\(Self.name(of: status))"
        return [
            "description": .string(entries.map { "- `\($0.code)`: \($0.meaning)" }.joined(separator: "\n")),
            "content": [
                "application/problem+json": ["schema": Schema.named(name), "example": problemExample(entries[0])]
            ],
        ]
    }

    static func problemExample(_ entry: ProblemCodes.Entry) -> JSONValue {
        [
            "type": "about:blank", "title": .string(entry.status.reason), "status": .integer(entry.status.rawValue),
            "detail": .string(entry.meaning), "code": .string(entry.code),
            "request_id": "0197a1b2-7c3d-7000-8000-00000000000f",
        ]
    }

    /// The problem of each status, with the codes that it can have.
    private static var problems: JSONObject {
        var schemas = JSONObject()
        for status in ProblemCodes.statuses {
            var schema = commonSchemas["Problem"] ?? [:]
            schema["properties"]?["code"] = Schema.choice(ProblemCodes.entries(of: status).map(\.code))
            schema["properties"]?["status"] = ["const": .integer(status.rawValue)]
            schemas["Problem\(Self.name(of: status))"] = schema
        }
        return schemas
    }

    /// A title names a class in generated clients, so it may stand for one schema only: the names here do without.
    private static func untitled(_ schema: JSONValue) -> JSONValue {
        var schema = schema
        schema["title"] = nil
        return schema
    }

    static func schemas(of catalogue: Catalogue) -> JSONObject {
        var schemas = commonSchemas
        for (name, schema) in problems { schemas[name] = schema }
        for type in catalogue.types {
            let name = Schema.name(of: type.name)
            schemas[name] = Self.entity(type)
            schemas["\(name)Page"] = Self.page(of: Schema.named(name))
            schemas["\(name)Data"] = untitled(type.schemaDocument)
            if !type.isSystem { schemas["\(name)Patch"] = untitled(type.patchDocument) }
        }
        let everyday = catalogue.types.filter { !$0.isSystem && $0.name != "tag" }
        schemas["Entity"] = ["oneOf": .array(everyday.map { Schema.named(Schema.name(of: $0.name)) })]
        schemas["EntityPage"] = Self.page(of: Schema.named("Entity"))
        return schemas
    }

    private static func entity(_ type: EntityType) -> JSONValue {
        var schema = Schema.object(
            [
                "id": Schema.id, "type": ["const": .string(type.name)], "version": Schema.whole(from: 1),
                "position": Schema.whole(from: 1), "created_at": Schema.time, "updated_at": Schema.time,
                "archived": Schema.flag,
                "archived_with": [
                    "type": "string", "format": "uuid",
                    "description": "The entity with which this one was archived.",
                ],
                "favorite": Schema.flag, "tags": Schema.list(of: Schema.text),
                "links": Schema.list(of: Schema.named("Link")),
                "data": Schema.named("\(Schema.name(of: type.name))Data"),
            ], optional: ["archived_with"])
        schema["description"] = .string(type.summary)
        return schema
    }

    private static func page(of items: JSONValue) -> JSONValue {
        Schema.object([
            "items": Schema.list(of: items), "total": Schema.count, "next_cursor": Schema.textOrNull,
            "position": Schema.count,
        ])
    }

    private static let commonSchemas: JSONObject = [
        "Problem": [
            "type": "object",
            "description": "A problem document (RFC 9457): why the request failed.",
            "properties": [
                "type": Schema.text, "title": Schema.text, "status": Schema.whole(from: 400, to: 599),
                "detail": ["type": "string", "description": "What to do."],
                "code": ["type": "string", "description": "A stable code for programs."],
                "request_id": Schema.text,
                "errors": Schema.list(of: Schema.named("FieldProblem")),
            ],
            "required": ["type", "title", "status", "detail", "code", "request_id"],
        ],
        "FieldProblem": Schema.object(
            [
                "pointer": ["type": "string", "description": "The location in the body (RFC 6901)."],
                "parameter": Schema.text, "header": Schema.text, "code": Schema.text, "message": Schema.text,
            ], optional: ["pointer", "parameter", "header"]),
        "Link": Schema.object(["to": Schema.id, "relation": Schema.text]),
        "Difference": Schema.object(
            [
                "path": ["type": "string", "description": "The location in the entity (RFC 6901)."],
                "old": ["description": "Absent if there was no value."],
                "new": ["description": "Absent if there is no value any more."],
            ], optional: ["old", "new"]),
        "Diff": Schema.object([
            "from": Schema.whole(from: 1), "to": Schema.whole(from: 1),
            "changes": Schema.list(of: Schema.named("Difference")),
        ]),
        "HistoryPage": Schema.object([
            "items": Schema.list(
                of: Schema.object([
                    "version": Schema.whole(from: 1), "position": Schema.whole(from: 1), "event": Schema.text,
                    "recorded_at": Schema.time, "actor": Schema.textOrNull, "reason": Schema.textOrNull,
                    "command": Schema.textOrNull, "correlation": Schema.textOrNull,
                    "changes": Schema.list(of: Schema.named("Difference")),
                ])), "total": Schema.count, "position": Schema.count,
        ]),
        "Reference": Schema.object([
            "field": Schema.text, "id": Schema.id, "type": Schema.text, "name": Schema.text, "archived": Schema.flag,
            "href": Schema.text,
        ]),
        "References": Schema.object([
            "outgoing": Schema.list(of: Schema.named("Reference")),
            "incoming": Schema.list(of: Schema.named("Reference")), "position": Schema.count,
        ]),
        "TagCounts": Schema.object([
            "items": Schema.list(
                of: Schema.object([
                    "tag": Schema.text, "name": Schema.text, "category": Schema.textOrNull, "color": Schema.textOrNull,
                    "count": Schema.count,
                ])), "position": Schema.count,
        ]),
        "Event": Schema.object([
            "position": Schema.whole(from: 1), "stream": Schema.id, "category": Schema.text,
            "version": Schema.whole(from: 1), "type": Schema.text, "schema_version": Schema.whole(from: 1),
            "data": ["type": "object"], "meta": ["type": "object"], "recorded_at": Schema.time, "hash": Schema.text,
        ]),
        "Anything": ["type": "object"],
    ]
}
