import Accounts
import CLI
import Configuration
import Entities
import EventLog
import JSON
import Postgres
import Projections
import Service
import System

extension Command {
    private static let isDryRun = Option(flag: "dry-run", "Only says what would be done.")

    static let logRepairHead = Command(
        "log repair-head", "Makes the log's head name the last event again, after it was changed by hand.",
        details: """
            First it computes the hash of every event; where one is not what was written, nothing is done. Events are never \
            changed, and the head is only moved forwards: where events are missing, only a backup helps. The tables are made \
            anew afterwards, and the repair is recorded in the log.

            `lifeos doctor` says whether this is needed.
            """,
        options: [isDryRun]
    ) { run in
        let progress = StepProgress("Verifying", unit: "events", on: run.output)
        defer { progress.end() }
        let repair = try await tellingOfRepairs {
            var repair: HeadRepairer.Repair?
            try await withLog(run) { pool in
                let done = try await HeadRepairer(pool: pool).repair(isDryRun: run[isDryRun]) {
                    progress.reach($0, of: $1)
                }
                // Whatever stands behind the old head may not be in the tables.
                if done.before.position != done.after.position, !run[isDryRun] {
                    try await pool.withConnection { try $0.markProjectionsStale() }
                }
                repair = done
            }
            return repair
        }
        progress.end()
        guard let repair else { return }
        if repair.isNeeded, !run[isDryRun] { try await record(repair, run) }
        run.output.say(
            sentence(repair, isDryRun: run[isDryRun]),
            [
                "needed": .flag(repair.isNeeded), "dry_run": .flag(run[isDryRun]),
                "before": .text("\(StatedHead(repair.before))"), "after": .text("\(StatedHead(repair.after))"),
            ])
    }

    private static func sentence(_ repair: HeadRepairer.Repair, isDryRun: Bool) -> String {
        let (before, after) = (repair.before, repair.after)
        if !repair.isNeeded { return "All \(after.position) events are sound, and the head names the last of them." }
        let what =
            before.position != after.position
            ? "from position \(before.position) to \(after.position)"
            : before.hash != after.hash
                ? "at position \(after.position) to the event's hash" : "to the time of the last event"
        return "All \(after.position) events are sound. The head \(isDryRun ? "would be" : "was") set \(what)."
    }

    private static func record(_ repair: HeadRepairer.Repair, _ run: Invocation) async throws {
        try await Workbench.with(run) { bench in
            let brief = Operation.Brief(
                "log_repair", "Repair of the log's head",
                parameters: [
                    "before": .string("\(StatedHead(repair.before))"),
                    "after": .string("\(StatedHead(repair.after))"),
                ])
            try await Operation(bench.service, actor: Actor.commandLine.name).run(brief) { _ in }
        }
    }

    private static func tellingOfRepairs<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let refusal as HeadRepairer.Refusal {
            throw Failure("\(refusal) Nothing was changed.", advice: refusal.advice)
        }
    }
}
