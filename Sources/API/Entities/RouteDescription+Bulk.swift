import Catalogue
import HTTPServer
import JSON

/// What the route for many changes says of itself.
extension RouteDescription {
    static func bulk(_ catalogue: Catalogue) -> RouteDescription {
        RouteDescription(
            body: Body(
                schema: Schema.object([
                    "operations": Schema.list(
                        of: ["oneOf": .array(Body.changes(of: catalogue))],
                        ["minItems": 1, "maxItems": .integer(EntityRoutes.bulkOperationsMax)])
                ])),
            answers: [
                Answer(
                    summary:
                        "The result of each operation, in order. Under an `Idempotency-Key` what was carried out has "
                        + "its first answer again; what was refused is tried once more.",
                    schema: Schema.object([
                        "results": Schema.list(of: ["oneOf": [Answer.success(catalogue), Answer.refusal]]),
                        "correlation": Schema.id,
                    ]), headers: [.replayed])
            ])
    }
}

extension RouteDescription.Body {
    /// A schema for each kind of change, by what it takes.
    fileprivate static func changes(of catalogue: Catalogue) -> [JSONValue] {
        let types = Schema.choice(catalogue.types.filter { !$0.isSystem }.map(\.name))
        func change(_ verbs: [BulkOperation.Verb], _ members: JSONObject, optional: Set<String> = []) -> JSONValue {
            var all: JSONObject = ["op": Schema.choice(verbs.map(\.rawValue)), "type": types]
            if verbs != [.create] {
                all["id"] = [
                    "type": "string", "minLength": 1, "description": "The entity's id; for a tag, its name also works.",
                ]
            }
            for (name, schema) in members { all[name] = schema }
            all["if_version"] = Schema.whole(from: 1)
            return Schema.object(all, optional: optional.union(["if_version"]))
        }
        return [
            change([.create], ["data": ["type": "object", "description": "The fields of the new entity."]]),
            change([.patch], ["data": ["type": "object", "description": "A merge patch of the fields (RFC 7396)."]]),
            change([.favorite, .unfavorite, .archive, .unarchive], [:]),
            change([.tag, .untag], ["tags": Schema.list(of: Schema.text, ["minItems": 1])]),
            change(
                [.link, .unlink],
                [
                    "to": Schema.id,
                    "relation": [
                        "type": "string", "pattern": .string(EntityRoutes.relationPattern), "default": "related",
                    ],
                ], optional: ["relation"]),
        ]
    }
}

extension RouteDescription.Answer {
    fileprivate static func success(_ catalogue: Catalogue) -> JSONValue {
        var entities = [Schema.named("Entity")]
        if catalogue[type: "tag"] != nil { entities.append(Schema.named("Tag")) }
        return Schema.object([
            "status": Schema.whole(from: 200, to: 299), "id": Schema.id, "version": Schema.whole(from: 1),
            "position": Schema.whole(from: 1), "entity": ["anyOf": .array(entities)],
        ])
    }

    fileprivate static let refusal = Schema.object([
        "status": Schema.whole(from: 400, to: 599), "problem": Schema.named("Problem"),
    ])
}
