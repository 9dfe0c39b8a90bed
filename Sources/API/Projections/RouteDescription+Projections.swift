import HTTPServer
import JSON

/// What the routes of projections say of themselves.
extension RouteDescription {
    static let projections = RouteDescription(
        answers: [
            Answer(
                summary:
                    "The projections, the tables that rebuilds have replaced, and the running operation.",
                schema: Schema.object(
                    [
                        "items": Schema.list(
                            of: Schema.object(
                                [
                                    "name": Schema.text, "summary": Schema.text, "rows": Schema.count,
                                    "bytes": Schema.count, "built_at": Schema.time, "built_position": Schema.count,
                                    "stale": [
                                        "type": "boolean",
                                        "description": "Whether its definition has changed since it was built.",
                                    ],
                                ], optional: ["built_at"])),
                        "old": Schema.list(of: Schema.object(["schema": Schema.text, "bytes": Schema.count])),
                        "operation": Schema.id,
                    ], optional: ["operation"]))
        ])
}
