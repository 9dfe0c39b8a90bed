public import JSON

extension Catalogue {
    /// The whole log as an AsyncAPI 3.0 document: a channel for each category, a message for each event.
    ///
    /// - Parameters:
    ///   - title: what is described.
    ///   - version: of the program.
    ///   - server: where it answers, such as `https://studio.example`.
    public func asyncAPI(title: String = "Life-OS events", version: String, server: String) -> JSONValue {
        var channels = JSONObject()
        var operations = JSONObject()
        var messages = JSONObject()
        var schemas: JSONObject = ["event": AsyncAPI.envelope, "meta": AsyncAPI.meta]
        for type in documented {
            channels[type.name] = AsyncAPI.channel(of: type)
            operations["send_\(type.name)"] = [
                "action": "send",
                "channel": ["$ref": .string("#/channels/\(type.name)")],
                "summary": .string("What happens to \(type.plural.lowercased())."),
            ]
            schemas[type.name] = type.schemaDocument
            for event in type.events { messages[event.eventType] = AsyncAPI.message(event, of: type) }
        }
        return [
            "asyncapi": "3.0.0",
            "info": [
                "title": .string(title), "version": .string(version),
                "description": "Everything that happens, in one order without a gap, as server-sent events.",
            ],
            "servers": ["main": AsyncAPI.server(server)],
            "defaultContentType": "application/json",
            "channels": .object(channels),
            "operations": .object(operations),
            "components": [
                "messages": .object(messages), "schemas": .object(schemas),
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }
}

/// The parts of the document.
private enum AsyncAPI {
    static func server(_ address: String) -> JSONValue {
        let (scheme, rest) =
            address.firstRange(of: "://").map {
                (address[..<$0.lowerBound], address[$0.upperBound...])
            } ?? ("http", address[...])
        let host = rest.prefix { $0 != "/" }
        var server: JSONObject = [
            "host": .string(String(host)), "protocol": .string(String(scheme)),
            "description": "Sends events as they happen (text/event-stream); the id of each is its position.",
            "security": [["$ref": "#/components/securitySchemes/token"]],
        ]
        let path = rest.dropFirst(host.count)
        if !path.isEmpty, path != "/" { server["pathname"] = .string(String(path)) }
        return .object(server)
    }

    static func channel(of type: EntityType) -> JSONValue {
        var messages = JSONObject()
        for event in type.events {
            messages[event.verb] = ["$ref": .string("#/components/messages/\(event.eventType)")]
        }
        return [
            "address": .string("/api/v2/stream/events?category=\(type.name)"),
            "title": .string("\(type.icon) \(type.plural)"),
            "description": .string(type.summary),
            "servers": [["$ref": "#/servers/main"]],
            "messages": .object(messages),
        ]
    }

    static func message(_ event: EventDeclaration, of type: EntityType) -> JSONValue {
        [
            "name": .string(event.eventType),
            "title": .string("\(type.title) \(event.verb)"),
            "summary": .string(event.summary + (event.isRetired ? " No longer written." : "")),
            "contentType": "application/json",
            "payload": [
                "allOf": [
                    ["$ref": "#/components/schemas/event"],
                    [
                        "type": "object",
                        "properties": [
                            "category": ["const": .string(type.name)], "type": ["const": .string(event.eventType)],
                            "data": linked(event.dataSchema, to: type),
                        ],
                    ],
                ]
            ],
        ]
    }

    /// The schema with the type's own, where it occurs, replaced by a reference to it.
    private static func linked(_ schema: JSONValue, to type: EntityType) -> JSONValue {
        if schema == type.schemaDocument { return ["$ref": .string("#/components/schemas/\(type.name)")] }
        guard let data = schema["properties"]["data"], data == type.schemaDocument else { return schema }
        var properties = schema["properties"] ?? [:]
        properties["data"] = linked(data, to: type)
        var schema = schema
        schema["properties"] = properties
        return schema
    }

    static let envelope: JSONValue = [
        "type": "object",
        "required": ["position", "stream", "category", "version", "type", "data", "meta", "recorded_at", "hash"],
        "properties": [
            "position": [
                "type": "integer", "minimum": 1, "description": "Its place among all events: 1, 2, 3 … without a gap.",
            ],
            "stream": ["type": "string", "format": "uuid", "description": "The entity that it happened to."],
            "category": ["type": "string", "description": "What kind of entity that is."],
            "version": [
                "type": "integer", "minimum": 1, "description": "Its place among the events of the entity: 1, 2, 3 …",
            ],
            "type": ["type": "string", "description": "What happened."],
            "data": ["type": "object", "description": "What the event says, in the newest shape of its type."],
            "meta": ["$ref": "#/components/schemas/meta"],
            "recorded_at": ["type": "string", "format": "date-time", "description": "When it was recorded, in UTC."],
            "hash": [
                "type": "string", "pattern": "^[0-9a-f]{64}$",
                "description": "SHA-256 over this event and the hash of the one before.",
            ],
        ],
    ]

    static let meta: JSONValue = [
        "type": "object",
        "required": ["actor", "command", "correlation"],
        "properties": [
            "actor": ["type": "string", "description": "Who did it."],
            "command": ["type": "string", "format": "uuid", "description": "The command that the event follows from."],
            "correlation": [
                "type": "string", "format": "uuid", "description": "What belongs together beyond one command.",
            ],
            "causation": ["type": "string", "description": "The command or position that led to this one."],
            "request_id": ["type": "string", "description": "The request that asked for it."],
            "traceparent": ["type": "string", "description": "The W3C trace context of that request."],
            "reason": ["type": "string", "description": "Why, in the actor's own words."],
            "client": ["type": "string", "description": "The address that the request came from."],
        ],
    ]
}
