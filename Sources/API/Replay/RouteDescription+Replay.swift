import Entities
import HTTPServer
import JSON
import Replay

/// What the routes of replay say of themselves.
extension RouteDescription {
    static let replayDiff = RouteDescription(
        answers: [
            Answer(
                summary: "The first entities that differ, by id, and the totals of all.",
                schema: Schema.object([
                    "from": point, "to": point, "items": Schema.list(of: anything), "total": Schema.count,
                    "summary": anything,
                ]))
        ], problems: [.unprocessableContent])

    static let replayRollback = rollingBack(
        Body(schema: RollbackRequest.rollback.schema, example: ["to": 1, "types": ["character"]]), [])

    static let replayUndo = rollingBack(Body(schema: RollbackRequest.undo.schema), [.notFound])

    private static func rollingBack(_ body: Body, _ problems: Set<Status>) -> RouteDescription {
        var description = accepted(body: body, problems: problems.union([.conflict]))
        description.answers.insert(
            Answer(
                summary: "What would be done. Nothing was changed; send `plan` and `up_to` back to do exactly that.",
                schema: Schema.object([
                    "dry_run": ["const": true], "to": Schema.count, "up_to": Schema.count, "plan": Schema.text,
                    "summary": anything, "items": Schema.list(of: anything), "total": Schema.count,
                ])), at: 0)
        return description
    }

    static let forks = RouteDescription(
        answers: [
            Answer(
                summary: "The forks, by name.",
                schema: Schema.object([
                    "items": Schema.list(
                        of: Schema.object(
                            [
                                "name": Schema.text, "state": Schema.choice(["whole", "making", "unfinished"]),
                                "database": Schema.text, "position": Schema.count, "hash": Schema.text,
                                "created_at": Schema.time, "reason": Schema.text, "bytes": Schema.count,
                                "in_use": Schema.flag,
                            ], optional: ["position", "hash", "created_at", "reason", "bytes"]))
                ]))
        ])

    static let forkCreation = accepted(
        body: Body(schema: ReplayRoutes.forkCreation.schema), problems: [.conflict, .badRequest])

    private static let anything: JSONValue = ["type": "object"]
    private static let point = Schema.object(["position": Schema.count, "recorded_at": Schema.textOrNull])
}
