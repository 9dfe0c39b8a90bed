import HTTPServer
import JSON

/// What the routes of backups say of themselves.
extension Operation {
    static let backups = Operation(
        parameters: [.requestID],
        answers: [
            Answer(
                summary: "The backups that there are, the oldest first, and where they are kept.",
                schema: Schema.object([
                    "target": Schema.text,
                    "items": Schema.list(
                        of: Schema.object(
                            [
                                "id": Schema.text, "kind": Schema.choice(["full", "incremental"]),
                                "created_at": Schema.time, "position": Schema.count,
                                "state": Schema.choice(["whole", "damaged", "unfinished"]), "detail": Schema.text,
                                "after": Schema.count, "head_hash": Schema.text, "events": Schema.count,
                                "bytes": Schema.count, "blobs": Schema.count, "encrypted": Schema.flag,
                                "parent": Schema.text,
                            ],
                            optional: [
                                "detail", "after", "head_hash", "events", "bytes", "blobs", "encrypted", "parent",
                            ])),
                ]))
        ])

    static let backupCreation: Operation = {
        var operation = accepted
        operation.body = Body(
            schema: Schema.object(
                ["kind": Schema.choice(["full", "incremental"], default: "full")], optional: ["kind"]),
            example: ["kind": "full"])
        operation.problems = [.conflict]
        return operation
    }()

    static let backupVerification: Operation = {
        var operation = accepted
        operation.parameters.insert(.path("id", "The backup's name.", Schema.text), at: 0)
        operation.problems = [.notFound]
        return operation
    }()
}
