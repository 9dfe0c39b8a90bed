import Entities
import HTTPServer
import JSON
import Replay

/// What the routes of replay say of themselves.
extension Operation {
    static let replayDiff = Operation(
        parameters: [
            query(
                "from", "The point to compare from. \(Parameter.pointForms)", Parameter.pointSchema, isRequired: true),
            query("to", "The point to compare with; now unless said otherwise.", Parameter.pointSchema),
            list("type", "Only these entity types, such as character.", ["type": "string", "examples": ["character"]]),
            list("entity", "Only these, by their ids.", Schema.id),
            query("actor", "Only what this one did.", ["type": "string", "minLength": 1, "maxLength": 50]),
            query("correlation", "Only what belongs to this undertaking.", Schema.id),
            query("command", "Only what this command did.", Schema.id),
            query(
                "limit", "How many entities to answer at most.",
                Schema.whole(from: 1, to: ReplayRoutes.itemsMax, default: ReplayRoutes.itemsDefault)), .requestID,
        ],
        answers: [
            Answer(
                summary: "The first of the entities that differ, in the order of their ids, and the sum of all.",
                schema: Schema.object([
                    "from": point, "to": point, "items": Schema.list(of: anything), "total": Schema.count,
                    "summary": anything,
                ]))
        ], problems: [.unprocessableContent])

    static let replayRollback = rollingBack(
        Body(
            schema: Schema.object(
                [
                    "to": [
                        "anyOf": [Schema.count, Schema.text],
                        "description": .string("The point to go back to. \(PointProblem.forms)"),
                    ], "up_to": upTo, "types": Schema.list(of: ["type": "string", "examples": ["character"]]),
                    "entities": Schema.list(of: Schema.id),
                    "actor": ["type": "string", "minLength": 1, "maxLength": 200], "correlation": Schema.id,
                    "force": force, "execute": execute, "plan": plan,
                ], optional: ["up_to", "types", "entities", "actor", "correlation", "force", "execute", "plan"]),
            example: ["to": 1, "types": ["character"]]), [])

    static let replayUndo = rollingBack(
        Body(
            schema: Schema.object(
                [
                    "id": [
                        "type": "string", "format": "uuid",
                        "description": "The correlation or the command to take back.",
                    ], "up_to": upTo, "force": force, "execute": execute, "plan": plan,
                ], optional: ["up_to", "force", "execute", "plan"])), [.notFound])

    private static func rollingBack(_ body: Body, _ problems: Set<Status>) -> Operation {
        var operation = accepted
        operation.parameters = [.reason, .requestID]
        operation.body = body
        operation.problems = problems.union([.conflict])
        operation.answers.insert(
            Answer(
                summary: "What would be done; nothing was. `plan` and `up_to` carry out exactly that.",
                schema: Schema.object([
                    "dry_run": ["const": true], "to": Schema.count, "up_to": Schema.count, "plan": Schema.text,
                    "summary": anything, "items": Schema.list(of: anything), "total": Schema.count,
                ])), at: 0)
        return operation
    }

    static let forks = Operation(
        parameters: [.requestID],
        answers: [
            Answer(
                summary: "The forks that there are, by name.",
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

    static let forkCreation: Operation = {
        var operation = accepted
        operation.body = Body(
            schema: Schema.object(
                [
                    "name": [
                        "type": "string", "description": .string(ForkName.rule), "examples": ["what-if"],
                    ],
                    "point": [
                        "anyOf": [Schema.count, Schema.text],
                        "description": .string("Default now. \(PointProblem.forms)"),
                    ],
                ], optional: ["point"]))
        operation.problems = [.conflict, .badRequest]
        return operation
    }()

    static let forkRemoval: Operation = {
        var operation = accepted
        operation.parameters.insert(
            .path("name", "The fork's name.", ["type": "string", "examples": ["what-if"]]), at: 0)
        return operation
    }()

    private static let anything: JSONValue = ["type": "object"]
    private static let point = Schema.object(["position": Schema.count, "recorded_at": Schema.textOrNull])
    private static let upTo: JSONValue = [
        "type": "integer", "minimum": 0,
        "description": "What happened after this position is left alone; default where the log ends now.",
    ]
    private static let force: JSONValue = [
        "type": "boolean", "default": false,
        "description": "Whether to take back as well what others have changed since.",
    ]
    private static let execute: JSONValue = [
        "type": "boolean", "default": false,
        "description": "Whether to do it; otherwise the answer says what would be.",
    ]
    private static let plan: JSONValue = [
        "type": "string", "description": "`plan` of a dry run: what is not that is not carried out.",
    ]

    private static func query(
        _ name: String, _ summary: String, _ schema: JSONValue, isRequired: Bool = false
    ) -> Parameter {
        Parameter(name: name, place: .query, summary: summary, schema: schema, isRequired: isRequired)
    }

    private static func list(_ name: String, _ summary: String, _ items: JSONValue) -> Parameter {
        Parameter(
            name: name, place: .query, summary: summary, schema: Schema.list(of: items, ["maxItems": 20]),
            isJoined: true)
    }
}
