import HTTPServer
import JSON

/// What routes say of themselves that start, or stop, work in the background.
extension RouteDescription {
    /// Of those that answer at once while the work goes on.
    ///
    /// - Parameter summary: what the answer means.
    static func accepted(
        _ summary: String = "It has begun. Read how it goes where `Location` says, or follow it where `events` says.",
        body: Body? = nil, problems: Set<Status> = [.notFound, .conflict]
    ) -> RouteDescription {
        RouteDescription(
            body: body, answers: [Answer(status: .accepted, summary: summary, schema: begun, headers: [.location])],
            problems: problems)
    }

    static let operationCancel = accepted("Whoever carries it was asked to stop it, and does so within seconds.")

    private static let begun = Schema.object([
        "operation": Schema.id,
        "events": [
            "type": "string",
            "description": "Where its events are streamed, from the first to whichever comes: server-sent events.",
        ],
    ])
}
