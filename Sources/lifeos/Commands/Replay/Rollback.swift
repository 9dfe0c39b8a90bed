import Accounts
import CLI
import Configuration
import Entities
import EventLog
import JSON
import Replay
import Service
import System

extension Command {
    private static let target = Option("to", .point, "The point to go back to.")
    private static let resume = Option("resume", .identifier, "Resume a rollback or undo that was interrupted.")
    private static let whole = Argument("id", Kind.identifier, "The correlation or command to undo.")
    private static let isDryRun = Option(flag: "dry-run", "Show what would change, and change nothing.")
    private static let isForced = Option(
        flag: "force", "Also undo later changes by others. Without this, they are listed and kept.")
    private static let showsAll = Option(flag: "all", "List every entity, not only the first \(listedMax).")
    private static let reason = Option("reason", .text, "Why, in your words; recorded with every change.")
    private static let listedMax = 50

    static let rollback = Command(
        "rollback", "Return entities to their state at a point. Nothing is deleted.",
        details: """
            Shows what would change, then asks. The rollback appends new events; entities created since the point are archived. With \
            --entity, --type, --actor or --correlation, only matching changes are undone, and later changes by others are kept.

            A rollback is an operation and can itself be undone: `lifeos undo <its id>`.

            \(PointProblem.forms)
            """,
        options: [target] + ScopeOptions.all + [isForced, isDryRun, showsAll, reason, resume],
        examples: [
            "lifeos rollback --to \"yesterday 18:00\" --dry-run": "Show what would change.",
            "lifeos rollback --to -2h --actor robot": "Undo what the robot did in the last two hours.",
        ]
    ) { run in
        try await rollingBack(run) { bench in
            if let id = run[resume] { return try await resume(id, run, bench) }
            guard let point = run[target] else {
                throw Failure(
                    "Say which point to go back to.", advice: "For example: lifeos rollback --to -15m --dry-run",
                    code: .usage, exitCode: .usage)
            }
            let pool = bench.service.pool
            let (start, end) = (try await point.resolve(in: pool), try await Point.now.resolve(in: pool))
            run.output.note("Back to \(start); the log ends at \(end).")
            let scope = try ScopeOptions.scope(run, after: start.position, upTo: end.position, bench.service)
            try await carryOut(RollbackOrder(.rollback, scope: scope, isForced: run[isForced]), run, bench)
        }
    }

    static let undo = Command(
        "undo", "Undo everything that one command, import or rollback did.",
        details: """
            Pass the command's id or its correlation, which `lifeos audit --json` and `lifeos replay diff` print. Shows what would \
            change, then asks. An undo can itself be undone.
            """,
        options: [isForced, isDryRun, showsAll, reason], arguments: [whole],
        examples: ["lifeos undo 0197a1b2-0000-7000-8000-00000000000f --dry-run": "Show what would change."]
    ) { run in
        try await rollingBack(run) { bench in
            let order = try await RollbackOrder.undo(of: run[whole], in: bench.service, isForced: run[isForced])
            try await carryOut(order, run, bench)
        }
    }

    private static func carryOut(_ order: RollbackOrder, _ run: Invocation, _ bench: Workbench) async throws {
        let rollback = Rollback(bench.service)
        let output = run.output
        var listed = 0
        let looking = StepProgress("Looking", unit: "entities", on: output)
        defer { looking.end() }
        let plan = try await rollback.dryRun(order, progress: { looking.reach($0, of: $1) }) { step in
            listed += 1
            if output.isJSON || run[showsAll] || listed <= listedMax { ReplayText.show(step, on: output) }
        }
        looking.end()
        if !output.isJSON, !run[showsAll], listed > listedMax {
            output.say("… and \(listed - listedMax) more entities; --all lists them.")
        }
        if run[isDryRun] || plan.isEmpty {
            if output.isJSON { return output.json(JSONValue.object(["dry_run": .object(told(plan, order))])) }
            if plan.isEmpty, plan.conflictCount == 0 {
                return output.say("Nothing would change.")
            }
            return ReplayText.show(plan, isDone: false, on: output)
        }
        if !output.isJSON { ReplayText.show(plan, isDone: false, on: output) }
        try await output.confirm("\(order.title): change \(plan.entityCount) of the entities listed?")
        let operation = Entities.Operation(
            bench.service, actor: Actor.commandLine.name, reason: run[reason] ?? order.title)
        let working = StepProgress("Rolling back", unit: "entities", on: output)
        defer { working.end() }
        let report = try await rollback.run(order, as: operation) { working.reach($0, of: $1) }
        working.end()
        try finish(report, operation.id, of: order, on: output)
    }

    private static func resume(_ id: UUID, _ run: Invocation, _ bench: Workbench) async throws {
        let working = StepProgress("Rolling back", unit: "entities", on: run.output)
        defer { working.end() }
        let report = try await Rollback(bench.service).resume(id, actor: Actor.commandLine.name) {
            working.reach($0, of: $1)
        }
        working.end()
        try finish(report, id, on: run.output)
    }

    /// With the positions that the points became.
    private static func told(_ report: RollbackReport, _ order: RollbackOrder?) -> JSONObject {
        var json = report.json
        if let scope = order?.scope {
            json["to"] = .integer(scope.after)
            json["up_to"] = .integer(scope.upTo)
        }
        return json
    }

    private static func finish(
        _ report: RollbackReport, _ id: UUID, of order: RollbackOrder? = nil, on output: Output
    ) throws {
        if output.isJSON {
            var json = told(report, order)
            json["operation"] = .string(id.description)
            output.json(JSONValue.object(["done": .object(json)]))
        } else {
            ReplayText.show(report, isDone: true, on: output)
            output.say("Done. To undo this: lifeos undo \(id)")
        }
        let missed = report.overtaken.count + report.refused.count
        if missed > 0 {
            throw Failure(
                "\(missed) entities could not be changed back.",
                advice: "Look at them with `lifeos replay diff`, then run the rollback again.")
        }
    }

    private static func rollingBack(_ run: Invocation, _ body: (Workbench) async throws -> Void) async throws {
        do { try await Workbench.with(run, body) } catch let problem as RollbackProblem { throw Failure(problem) }
    }
}

extension Failure {
    init(_ problem: RollbackProblem) {
        switch problem {
        case .noSuchRollback(let id):
            self.init("\(id) is not a rollback.", advice: "`lifeos log show --category operation` lists them.")
        case .completed(let id):
            self.init("The rollback \(id) is complete.", advice: "To undo it: lifeos undo \(id)")
        case .nothingToUndo(let id):
            self.init(
                "Nothing in the log belongs to \(id).",
                advice:
                    "Pass the id of a command or correlation: `lifeos replay diff -1d` prints those of the last day.")
        }
    }
}
