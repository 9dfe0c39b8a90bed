import HTTPServer
import JSON
import Replay

/// What the routes of the audit trail say of themselves.
extension RouteDescription {
    static let audit = RouteDescription(
        answers: [
            Answer(
                summary:
                    "A page. Where `next_cursor` is not null there may be more, even behind a page that is short or empty: a "
                    + "search that no index helps with is done in parts.",
                schema: Schema.object([
                    "items": Schema.list(of: entry), "next_cursor": Schema.textOrNull, "after": Schema.count,
                    "position": Schema.count,
                ]))
        ])

    static let auditExport = RouteDescription(
        answers: [
            Answer(
                summary:
                    "Every event with all that its hash covers; `lifeos audit verify-export` checks it without a database.",
                schema: Schema.text, mediaType: "application/jsonl", otherMediaTypes: ["text/csv"])
        ],
        // An export that cannot be recorded does not begin.
        problems: [.conflict])

    static let entry = Schema.object([
        "position": Schema.whole(from: 1), "recorded_at": Schema.time, "actor": Schema.text, "verb": Schema.text,
        "type": Schema.text, "id": Schema.id, "version": Schema.whole(from: 1), "name": Schema.textOrNull,
        "changed": Schema.list(of: Schema.text), "detail": Schema.textOrNull, "client": Schema.textOrNull,
        "request_id": Schema.textOrNull, "reason": Schema.textOrNull, "command": Schema.textOrNull,
        "correlation": Schema.textOrNull, "causation": Schema.textOrNull,
    ])
}
