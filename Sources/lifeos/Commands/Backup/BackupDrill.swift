import Accounts
import Backup
import CLI
import Configuration
import Entities
import EventLog
import Postgres
import Recovery
import Service
import System
import Telemetry

extension Command {
    static let backupDrill = Command(
        "backup drill",
        "Rehearse a restore of the newest backup into a temporary database.",
        details: """
            Recomputes every hash and compares every row. The time it took (RTO) and the age of the oldest change that is not in the \
            backup (RPO) are recorded in the log and exported as metrics. Needs disk space for a second copy of everything.
            """
    ) { run in
        try await withChores(run) { chores, _ in
            let display = FillingDisplay(run.output)
            defer { display.end() }
            let report = try await chores.drill(actor: Actor.commandLine.name) { display.show($0) }
            display.end()
            let backup = report.backup.map { "\($0)" } ?? ""
            let newer =
                switch report.rpoSeconds {
                case nil: "It is a backup of another log."
                case 0?: "It contains every change."
                case let seconds?: "The oldest change that it lacks is \(Int(seconds)) seconds old."
                }
            run.output.say(
                """
                The newest backup, \(backup), is good: all \(report.restore.head.position) events and all tables were restored and \
                verified in \(hundredths(report.rtoSeconds)) seconds. \(newer)
                """,
                [
                    "backup": .text(backup), "position": .number(report.restore.head.position),
                    "rto_seconds": .duration(.milliseconds(Int(report.rtoSeconds * 1_000))),
                    "rpo_seconds": report.rpoSeconds.map { .duration(.milliseconds(Int($0 * 1_000))) } ?? .nothing,
                    "verified": .number(report.restore.verifiedCount),
                    "checked": .text(report.restore.checked.joined(separator: " ")),
                ])
        }
    }

    private static func hundredths(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }

    private static let runsDue = Option(
        flag: "run-due", "Run what is due, for cron and timers. A running server does this by itself.")

    static let backupSchedule = Command(
        "backup schedule", "Show the backup schedule and what is due.",
        details:
            "LIFEOS_BACKUP_SCHEDULE sets it: \(BackupSchedule.form). Old backups are pruned after each full one.",
        options: [runsDue],
        examples: ["lifeos backup schedule --run-due": "For a timer that runs every few minutes."]
    ) { run in
        try await withChores(run) { chores, settings in
            guard let schedule = settings[BackupSettings.schedule] else {
                throw Failure(
                    "No schedule is set.",
                    advice:
                        "Set LIFEOS_BACKUP_SCHEDULE, for example to \"full daily 03:00, incremental hourly, drill weekly\"."
                )
            }
            let now = SystemWallClock().now()
            let agenda = try await chores.agenda(of: schedule, now: now)
            run.output.table(
                ["work", "rhythm", Column("last", title: "Last done"), Column("next", title: "Due"), "is_due"],
                agenda.map { item in
                    [
                        .text(item.work.rawValue), .text("\(item.rhythm)"), item.last.map(Cell.time) ?? .nothing,
                        .time(item.next), .flag(item.isDue),
                    ]
                })
            guard run[runsDue] else { return }
            while let item = try await chores.agenda(of: schedule, now: now).first(where: \.isDue) {
                try await chores.run(item.work, actor: Actor.commandLine.name)
                run.output.note("Done: \(item.work.rawValue)")
            }
        }
    }

    private static func withChores(
        _ run: Invocation, _ body: @Sendable (BackupChores, Settings) async throws -> Void
    ) async throws {
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        try await withBackups(run) { place in
            try await Workbench.with(run) { bench in
                try await tellingOfRestores {
                    try await body(
                        BackupChores(
                            place: place, service: bench.service, blueprint: bench.blueprint,
                            scratch: try BackupChores.scratch(in: settings.home()), logger: bench.logger),
                        settings)
                }
            }
        }
    }
}
