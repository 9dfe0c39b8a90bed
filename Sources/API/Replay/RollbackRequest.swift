import Entities
import HTTPServer
import JSON
import Replay
import System

/// What the body of a rollback or an undo asks for.
struct RollbackRequest: Sendable {
    var to: JSONValue?
    var upTo: Int?
    var types: [String] = []
    var entities: [String] = []
    var actor: String?
    var correlation: String?
    /// Of an undo: the correlation or the command.
    var id: String?
    var isForced = false
    /// Whether it is carried out; otherwise the answer says what would change.
    var isExecuted = false
    /// The `plan` that an answer gave: where another would be carried out, nothing is.
    var plan: String?

    static let rollback: JSONShape<RollbackRequest> = .object(
        .required("to", .any), .optional("up_to", position), .optional("types", strings, default: []),
        .optional("entities", strings, default: []), .optional("actor", .string(length: 1...200)),
        .optional("correlation", .string), .optional("force", .bool, default: false),
        .optional("execute", .bool, default: false), .optional("plan", .string), build: ofRollback)

    static let undo: JSONShape<RollbackRequest> = .object(
        .required("id", .string), .optional("up_to", position), .optional("force", .bool, default: false),
        .optional("execute", .bool, default: false), .optional("plan", .string), build: ofUndo)

    private static let position: JSONShape<Int> = .integer(in: 0...Int.max)
    private static let strings: JSONShape<[String]> = .array(of: .string)

    @Sendable private static func ofRollback(
        to: JSONValue, upTo: Int?, types: [String], entities: [String], actor: String?, correlation: String?,
        isForced: Bool, isExecuted: Bool, plan: String?
    ) -> RollbackRequest {
        RollbackRequest(
            to: to, upTo: upTo, types: types, entities: entities, actor: actor, correlation: correlation,
            isForced: isForced, isExecuted: isExecuted, plan: plan)
    }

    @Sendable private static func ofUndo(
        id: String, upTo: Int?, isForced: Bool, isExecuted: Bool, plan: String?
    ) -> RollbackRequest {
        RollbackRequest(upTo: upTo, id: id, isForced: isForced, isExecuted: isExecuted, plan: plan)
    }

    /// A point in a body: a position as a number or a string, or any other form as a string.
    static func point(_ value: JSONValue, at pointer: String) throws(Problem) -> Point {
        if let position = value.integer, position >= 0 { return .position(position) }
        guard let text = value.string else {
            throw .invalidFields([.init(.pointer(pointer), "type", "Send a position, or a point such as \"-15m\".")])
        }
        do {
            return try Point(parsing: text, now: SystemWallClock().now(), in: .ofThisProcess)
        } catch {
            throw .invalidFields([.init(.pointer(pointer), "malformed", "\(error)")])
        }
    }

    static func id(_ text: String, at pointer: String) throws(Problem) -> UUID {
        if let id = UUID(text) { return id }
        throw .invalidFields([
            .init(.pointer(pointer), "format", "Use an identifier such as 0197a1b2-0000-7000-8000-00000000000f.")
        ])
    }
}
