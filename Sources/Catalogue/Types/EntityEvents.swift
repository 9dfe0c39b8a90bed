import JSON

/// The events that every entity knows. What a file declares are its fields; what can happen to it is the same for all.
enum EntityEvents {
    struct Draft {
        let verb: String
        let effect: EventEffect
        let summary: String
        let schema: JSONValue
        var isRetired = false
    }

    static func drafts(for schema: JSONValue) -> [Draft] {
        [
            Draft(verb: "created", effect: .create, summary: "It came into being with these fields.", schema: schema),
            Draft(
                verb: "updated", effect: .merge,
                summary: "Fields changed: a merge patch (RFC 7396), in which null removes a field.",
                schema: SchemaDocuments.patch(of: schema)),
            Draft(
                verb: "archived", effect: .archive,
                summary: "It was put away: read-only, and left out of lists unless asked for.",
                schema: SchemaDocuments.object(["with": with])),
            Draft(
                verb: "unarchived", effect: .unarchive, summary: "It was taken out of the archive.",
                schema: SchemaDocuments.object([:])),
            Draft(
                verb: "favorited", effect: .favorite, summary: "It became a favourite.",
                schema: SchemaDocuments.object([:])),
            Draft(
                verb: "unfavorited", effect: .unfavorite, summary: "It is no longer a favourite.",
                schema: SchemaDocuments.object([:])),
            Draft(verb: "tagged", effect: .tag, summary: "It was given these tags.", schema: tags),
            Draft(verb: "untagged", effect: .untag, summary: "These tags were taken from it.", schema: tags),
            Draft(verb: "linked", effect: .link, summary: "It was linked to another entity.", schema: link),
            Draft(verb: "unlinked", effect: .unlink, summary: "A link to another entity was removed.", schema: link),
            Draft(
                verb: "reverted", effect: .revert,
                summary: "Its fields are again what they were in an earlier version.",
                schema: SchemaDocuments.object(
                    [
                        "version": ["type": "integer", "minimum": 1, "description": "The version it went back to."],
                        "data": schema,
                    ], required: ["version", "data"])),
            Draft(
                verb: "restored", effect: .restore,
                summary: "A rollback or an undo made these parts again what they were.",
                schema: SchemaDocuments.object([
                    "data": schema, "tags": slugs, "links": ["type": "array", "items": link],
                    "archived": ["type": "boolean"], "archived_with": with, "favorite": ["type": "boolean"],
                ])),
        ]
    }

    private static let with: JSONValue = [
        "type": "string", "format": "uuid",
        "description": "The entity that took this one along; missing when it was archived itself.",
    ]

    private static let slugs: JSONValue = [
        "type": "array", "items": ["type": "string", "minLength": 1, "maxLength": 80], "uniqueItems": true,
        "description": "The slugs of the tags, such as red-silk.",
    ]

    private static let tags: JSONValue = {
        var some = slugs
        some["minItems"] = 1
        return SchemaDocuments.object(["tags": some], required: ["tags"])
    }()

    private static let link = SchemaDocuments.object(
        [
            "to": ["type": "string", "format": "uuid", "description": "The other entity."],
            "relation": [
                "type": "string", "minLength": 1, "maxLength": 100,
                "description": "What the link means, such as friend.",
            ],
        ], required: ["to", "relation"])
}
