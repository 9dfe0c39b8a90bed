import HTTPServer
import JSON

/// What the routes of the log say of themselves.
extension Operation {
    static let events = Operation(
        parameters: Parameter.events + [
            Parameter(
                name: "limit", place: .query, summary: "How many to answer at most.",
                schema: Schema.whole(from: 1, to: EventParameters.limitMax, default: 50)),
            Parameter(
                name: "order", place: .query, summary: "The oldest first, or the latest.",
                schema: Schema.choice(EventParameters.Order.allCases.map(\.rawValue), default: "asc")),
            .requestID,
        ],
        answers: [
            Answer(
                summary:
                    "Events, where the log ends, and which log it is. `more` says whether a limit, of their number or size, ended the page: then ask "
                    + "for what comes behind its last event.",
                schema: Schema.object([
                    "items": Schema.list(of: Schema.named("Event")), "more": Schema.flag, "head": Schema.count,
                    "head_hash": Schema.text, "log": Schema.id,
                ]))
        ], problems: [.conflict])

    static let event = Operation(
        parameters: [
            .path("position", "Where it stands in the log; the first is 1.", Schema.whole(from: 1)), .raw, .requestID,
        ], answers: [Answer(summary: "The event.", schema: Schema.named("Event"))], problems: [.notFound])

    static let eventStream = Operation(
        parameters: Parameter.events + [
            Parameter(
                name: "Last-Event-ID", place: .header,
                summary:
                    "The position of the last event that arrived: the stream goes on behind it. One beyond the end of the "
                    + "log is refused.",
                schema: Schema.count)
        ],
        answers: [
            Answer(
                summary:
                    "Server-sent events: `id` is the position, `event` the type, `data` the event as JSON. The first has no "
                    + "`id` and is a `log`: its data tell which log this is, its `head`, and where it was restored or "
                    + "forked, its `predecessor` and the position up to which both are the same.",
                schema: Schema.text, mediaType: "text/event-stream")
        ], problems: [.conflict])
}

extension Parameter {
    fileprivate static let events: [Parameter] = [
        query(
            "after",
            "Only events behind this position. One beyond the end of the log is refused: it is of another log.",
            Schema.count),
        query("log", "The log that your positions are of: where this is another, it is refused and named.", Schema.id),
        query("before", "Only events in front of this position.", Schema.whole(from: 1)),
        list("stream", "Only what happened to these, by their ids.", Schema.id),
        list("category", "Only events of these categories, such as character.", name),
        list("type", "Only events of these types, such as character.created.", name),
        query("actor", "Only what this one did.", ["type": "string", "minLength": 1, "maxLength": 50]),
        query("correlation", "Only what belongs to this undertaking.", Schema.id),
        query("since", "Only what was recorded at this time or later.", Schema.time),
        query("until", "Only what was recorded at this time or earlier.", Schema.time), raw,
    ]

    fileprivate static let raw = query("raw", "Data as they were written, not in the newest shape.", Schema.flag)

    private static let name: JSONValue = ["type": "string", "pattern": "^[a-z_.]+$"]

    private static func query(_ name: String, _ summary: String, _ schema: JSONValue) -> Parameter {
        Parameter(name: name, place: .query, summary: summary, schema: schema)
    }

    private static func list(_ name: String, _ summary: String, _ items: JSONValue) -> Parameter {
        Parameter(
            name: name, place: .query, summary: summary, schema: Schema.list(of: items, ["maxItems": 20]),
            isJoined: true)
    }
}
