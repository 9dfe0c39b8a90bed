import HTTPServer
import JSON

/// What the routes of the log say of themselves.
extension RouteDescription {
    static let events = RouteDescription(
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

    static let event = RouteDescription(
        answers: [Answer(summary: "The event.", schema: Schema.named("Event"))], problems: [.notFound])

    static let eventStream = RouteDescription(
        answers: [
            Answer(
                summary:
                    "Server-sent events: `id` is the position, `event` the type, `data` the event as JSON. The first has no "
                    + "`id` and is a `log`: its data tell which log this is, its `head`, and where it was restored or "
                    + "forked, its `predecessor` and the position up to which both are the same.",
                schema: Schema.text, mediaType: "text/event-stream")
        ], problems: [.conflict])
}
