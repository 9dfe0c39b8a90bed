import HTTPServer
import JSON

/// What the routes of backups say of themselves.
extension RouteDescription {
    static let backups = RouteDescription(
        answers: [
            Answer(
                summary: "The backups, the oldest first, and where they are stored.",
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

    static let backupCreation = accepted(
        body: Body(schema: BackupRoutes.creation.schema, example: ["kind": "full"]), problems: [.conflict])

    static let backupVerification = accepted(problems: [.notFound])
}
