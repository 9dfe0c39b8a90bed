import HTTPServer
import JSON

/// What routes say of themselves that start, or stop, work in the background.
extension Operation {
    /// Of those that answer at once while the work goes on.
    static let accepted = Operation(
        parameters: [.reason, .correlation, .requestID],
        answers: [
            Answer(
                status: .accepted,
                summary: "It has begun. Read how it goes where `Location` says, or follow it where `events` says.",
                schema: begun, headers: [.location])
        ], problems: [.notFound, .conflict])

    static let operationCancel = Operation(
        parameters: [
            .path("id", "The operation's id.", Schema.id), .reason, .correlation, .requestID,
        ],
        answers: [
            Answer(
                status: .accepted,
                summary: "Whoever carries it was asked to stop it, and does so within seconds.",
                schema: begun, headers: [.location])
        ], problems: [.notFound, .conflict])

    private static let begun = Schema.object([
        "operation": Schema.id,
        "events": [
            "type": "string",
            "description": "Where its events are streamed, from the first to whichever comes: server-sent events.",
        ],
    ])
}
