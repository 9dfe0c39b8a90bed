import Entities
import EventLog
import HTTPServer
import JSON
import Replay
import System

/// What the body of a rollback or an undo asks for.
struct RollbackRequest: Sendable {
    /// Of a rollback: the point to go back to.
    var to = Point.now
    var types: [String] = []
    var entities: [UUID] = []
    var actor: String?
    var correlation: UUID?
    var upTo: Int?
    var isForced = false
    /// Whether it is carried out; otherwise the answer says what would change.
    var isExecuted = false
    /// The `plan` that an answer gave: where another would be carried out, nothing is.
    var plan: String?

    static let rollback = JSONShape.object(
        .required("to", point("The point to go back to.")), upTo, types, entities, actor, correlation, force, execute,
        plan, build: ofRollback)

    static let undo = JSONShape.object(
        .required("id", id.annotated(["description": "The correlation or command to undo."])), upTo, force,
        execute, plan, build: ofUndo)

    @Sendable private static func ofRollback(
        to: Point, upTo: Int?, types: [String], entities: [UUID], actor: String?, correlation: UUID?,
        isForced: Bool, isExecuted: Bool, plan: String?
    ) -> RollbackRequest {
        RollbackRequest(
            to: to, types: types, entities: entities, actor: actor, correlation: correlation, upTo: upTo,
            isForced: isForced, isExecuted: isExecuted, plan: plan)
    }

    @Sendable private static func ofUndo(
        id: UUID, upTo: Int?, isForced: Bool, isExecuted: Bool, plan: String?
    ) -> (id: UUID, asked: RollbackRequest) {
        (id, RollbackRequest(upTo: upTo, isForced: isForced, isExecuted: isExecuted, plan: plan))
    }

    private static let types = JSONField<[String]>.optional(
        "types", .array(of: JSONShape<String>.string.annotated(["examples": ["character"]] as JSONObject)),
        default: [])
    private static let entities = JSONField<[UUID]>.optional("entities", .array(of: id), default: [])
    private static let actor = JSONField<String?>.optional("actor", JSONShape<String>.string(length: 1...200))
    private static let correlation = JSONField<UUID?>.optional("correlation", id)
    private static let upTo = JSONField<Int?>.optional(
        "up_to",
        .integer(in: 0...Int.max).annotated([
            "description": "Changes after this position are kept. Default: the end of the log."
        ]))
    private static let force = JSONField<Bool>.optional(
        "force", .bool.annotated(["description": "Whether to undo later changes by others as well."]),
        default: false)
    private static let execute = JSONField<Bool>.optional(
        "execute",
        .bool.annotated(["description": "Whether to do it. Otherwise the response says what would be done."]),
        default: false)
    private static let plan = JSONField<String?>.optional(
        "plan", .string.annotated(["description": "`plan` of a dry run: what is not that is not carried out."]))

    private static let id = JSONShape<String>.string.converted(
        format: "uuid", orSay: "Use an identifier such as 0197a1b2-0000-7000-8000-00000000000f."
    ) { UUID($0) }

    /// A point in a body: a position as a number or a string, or any other form as a string.
    static func point(_ summary: String) -> JSONShape<Point> {
        JSONShape.any.converting { (value) throws(JSONRefusal) -> Point in
            if let position = value.integer, position >= 0 { return .position(position) }
            guard let text = value.string else {
                throw JSONRefusal("type", "Send a position, or a point such as \"-15m\".")
            }
            do {
                return try Point.asked(text)
            } catch {
                throw JSONRefusal("malformed", "\(error)")
            }
        }.annotated([
            "anyOf": [["type": "integer", "minimum": 0], ["type": "string"]],
            "description": .string("\(summary) \(PointProblem.forms)"),
        ])
    }
}
