import HTTPServer
import JSON

/// What routes say of themselves that start, or stop, work in the background.
extension RouteDescription {
    /// Of those that answer at once while the work continues.
    ///
    /// - Parameter summary: what the answer means.
    static func accepted(
        _ summary: String = "Started. `Location` has its state, and `events` streams its progress.",
        body: Body? = nil, problems: Set<Status> = [.notFound, .conflict]
    ) -> RouteDescription {
        RouteDescription(
            body: body, answers: [Answer(status: .accepted, summary: summary, schema: begun, headers: [.location])],
            problems: problems)
    }

    static let operationCancel = accepted("The node that runs it was asked to stop it, and does so within seconds.")

    private static let begun = Schema.object([
        "operation": Schema.id,
        "events": [
            "type": "string",
            "description": "The stream of its events, past and future, as server-sent events.",
        ],
    ])
}
