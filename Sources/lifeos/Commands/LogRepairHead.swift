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
    private static let isDryRun = Option(flag: "dry-run", "Show what would be done, and change nothing.")

    static let logRepairHead = Command(
        "log repair-head", "Repair the log's head after it was changed by hand.",
        details: """
            Verifies the whole log first, and does nothing if an event is damaged. Events are never changed, and the head only moves \
            forward: if events are missing, restore a backup. Afterwards the tables are rebuilt and the repair is recorded in the log.

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
                // Whatever is behind the old head may not be in the tables.
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
        if !repair.isNeeded { return "All \(after.position) events are intact, and the head is right." }
        let what =
            before.position != after.position
            ? "from position \(before.position) to \(after.position)"
            : before.hash != after.hash
                ? "at position \(after.position) to the event's hash" : "to the time of the last event"
        return "All \(after.position) events are intact. The head \(isDryRun ? "would be" : "was") set \(what)."
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
