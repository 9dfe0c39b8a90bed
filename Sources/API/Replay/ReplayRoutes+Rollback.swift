import Catalogue
import Entities
import EventLog
import HTTPServer
import JSON
import Postgres
import Replay
import System

extension ReplayRoutes {
    func rollback(_ request: Request, _ order: CommandRequest) async throws -> Response {
        let asked = try request.json(as: RollbackRequest.rollback)
        try checkTypes(asked.types) { .init(.pointer("/types"), "not_a_choice", $0) }
        let target = try await resolve(asked.to, at: "/to")
        let head = try await EventReader(pool: pool).head().position
        var scope = ChangeScope(after: target.position, upTo: asked.upTo ?? head)
        try checkEnd(scope, head)
        scope.types = asked.types
        scope.actor = asked.actor
        scope.entities = asked.entities
        scope.correlation = asked.correlation
        return try await answer(RollbackOrder(.rollback, scope: scope, isForced: asked.isForced), asked, request, order)
    }

    func undo(_ request: Request, _ order: CommandRequest) async throws -> Response {
        let (id, asked) = try request.json(as: RollbackRequest.undo)
        var undoing: RollbackOrder
        do {
            undoing = try await RollbackOrder.undo(of: id, in: service, isForced: asked.isForced)
        } catch RollbackProblem.nothingToUndo {
            throw Problem.notFound(
                "Nothing in the log has the correlation or command \(id). `GET /api/v2/admin/audit` shows those of each change."
            )
        }
        let head = undoing.scope.upTo
        if let upTo = asked.upTo { undoing.scope.upTo = upTo }
        try checkEnd(undoing.scope, head)
        return try await answer(undoing, asked, request, order)
    }

    private func checkEnd(_ scope: ChangeScope, _ head: Int) throws(Problem) {
        if scope.after...max(scope.after, head) ~= scope.upTo { return }
        throw .invalidFields([
            .init(
                .pointer("/up_to"), "future",
                "Use a position from \(scope.after) to \(head), where the log ends, or leave it out.")
        ])
    }

    private func resolve(_ point: Point, at pointer: String) async throws -> ResolvedPoint {
        do {
            return try await point.resolve(in: pool)
        } catch PointNotFound.future(let head) {
            throw Problem.invalidFields([
                .init(.pointer(pointer), "future", "The log ends at position \(head). Use that one or an earlier one.")
            ])
        } catch PointNotFound.unknown(let sentence) {
            throw Problem.invalidFields([.init(.pointer(pointer), "no_such_point", sentence)])
        }
    }

    private func answer(
        _ order: RollbackOrder, _ asked: RollbackRequest, _ request: Request, _ command: CommandRequest
    ) async throws -> Response {
        if asked.isExecuted, asked.plan == nil { return try await carryOut(order, request, command) }
        var (items, total) = ([RollbackStep](), 0)
        let report = try await Rollback(service).dryRun(
            order,
            each: { step in
                total += 1
                if items.count < Self.itemsDefault { items.append(step) }
            })
        if asked.isExecuted {
            guard asked.plan == report.fingerprint else {
                throw Problem(
                    .conflict, "plan_changed",
                    "What would be done now is not what that plan said. Look at the plan of now, and send its `plan` and `up_to`.",
                    members: ["plan": .string(report.fingerprint)])
            }
            return try await carryOut(order, request, command)
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("dry_run", true)
            writer.field("to", order.scope.after)
            writer.field("up_to", order.scope.upTo)
            writer.field("plan", report.fingerprint)
            writer.field("summary", JSONValue.object(report.json))
            writer.field("items", items)
            writer.field("total", total)
        }
        return .json(writer.bytes)
    }

    private func carryOut(
        _ order: RollbackOrder, _ request: Request, _ command: CommandRequest
    ) async throws -> Response {
        let work = Background.Work(
            order.kind.rawValue, order.title, exclusion: Rollback.exclusion,
            whenStopped: "What was restored by then stays so; to do the rest: lifeos rollback --resume with its id.",
            resume: { Rollback.resume($0) }
        ) { parameters, reporter in
            guard let order = RollbackOrder(order.kind, .object(parameters)) else { return [:] }
            return try await Rollback(service).work(on: order, within: reporter.operation) {
                reporter.report(done: $0, total: $1)
            }.json
        }
        return try await background.accept(work, order.json, request, command, ownsCorrelation: true)
    }
}
