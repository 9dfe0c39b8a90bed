import HTTPServer
import JSON
import Replay

/// What the routes of the audit trail say of themselves.
extension Operation {
    static let audit = Operation(
        parameters: Parameter.audit + [
            Parameter(
                name: "limit", place: .query, summary: "How many to answer at most.",
                schema: Schema.whole(from: 1, to: AuditReader.limitMax, default: 50)),
            Parameter(
                name: "cursor", place: .query,
                summary: "`next_cursor` of the page before, with the same other parameters.",
                schema: Schema.text),
            .requestID,
        ],
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

    static let auditExport = Operation(
        parameters: Parameter.audit + [
            Parameter(
                name: "format", place: .query, summary: "Comma-separated values, or one JSON object a line.",
                schema: Schema.choice(ExportFormat.allCases.map(\.rawValue), default: ExportFormat.jsonl.rawValue)),
            .reason, .correlation, .requestID,
        ],
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

extension Parameter {
    static let audit: [Parameter] = [
        query("actor", "Only what this one did.", ["type": "string", "minLength": 1, "maxLength": 50]),
        list("type", "Only what happened to these entity types or categories, such as character."),
        query("entity", "Only what happened to this one, by its id.", Schema.id),
        list("verb", "Only these, such as archived."),
        query("correlation", "Only what belongs to this undertaking.", Schema.id),
        query("client", "Only what was asked from this address.", ["type": "string", "minLength": 1, "maxLength": 45]),
        query(
            "reason", "Only where all of these words stand in the reason.",
            ["type": "string", "minLength": 1, "maxLength": 100]),
        query(
            "since", "Only what was recorded at this time or later, or behind this position. \(pointForms)", pointSchema
        ),
        query("until", "Only what was recorded up to this point; now unless said otherwise.", pointSchema),
    ]

    private static func query(_ name: String, _ summary: String, _ schema: JSONValue) -> Parameter {
        Parameter(name: name, place: .query, summary: summary, schema: schema)
    }

    private static func list(_ name: String, _ summary: String) -> Parameter {
        Parameter(
            name: name, place: .query, summary: summary,
            schema: Schema.list(of: ["type": "string", "pattern": "^[a-z_]+$"], ["maxItems": 20]), isJoined: true)
    }
}
