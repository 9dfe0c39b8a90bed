import HTTPServer
import JSON

/// What the routes of projections say of themselves.
extension Operation {
    static let projections = Operation(
        parameters: [.requestID],
        answers: [
            Answer(
                summary:
                    "The projections as they stand, the tables that rebuilds have replaced, and the operation under way.",
                schema: Schema.object(
                    [
                        "items": Schema.list(
                            of: Schema.object(
                                [
                                    "name": Schema.text, "summary": Schema.text, "rows": Schema.count,
                                    "bytes": Schema.count, "built_at": Schema.time, "built_position": Schema.count,
                                    "stale": [
                                        "type": "boolean", "description": "Whether its file says otherwise by now.",
                                    ],
                                ], optional: ["built_at"])),
                        "old": Schema.list(of: Schema.object(["schema": Schema.text, "bytes": Schema.count])),
                        "operation": Schema.id,
                    ], optional: ["operation"]))
        ])

    /// - Parameter names: of all projections.
    static func projectionRebuild(_ names: [String]) -> Operation {
        var operation = projectionCheck
        operation.body = Body(
            schema: Schema.object(
                [
                    "names": [
                        "type": "array", "items": Schema.choice(names),
                        "description": "Which to make anew; all where none is named.",
                    ]
                ], optional: ["names"]), example: ["names": .array(names.suffix(1).map { .string($0) })])
        return operation
    }

    static let projectionCheck = accepted
}
