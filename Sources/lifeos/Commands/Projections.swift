import CLI
import Catalogue
import Configuration
import Entities
import Migrations
import PrivatePostgres
import Projections
import Service
import System
import Telemetry

extension Command {
    static let projectionsList = Command(
        "projections list", "List the projections with their size, age and whether they need a rebuild.",
        details: "Replaced tables are kept and listed too, until `lifeos projections drop-old` deletes them."
    ) { run in
        try await withProjections(run) { projections in
            let states = try await projections.set.list(in: projections.database.pool)
            run.output.table(
                [
                    "name", "rows", Column("size_bytes", title: "Size"), "built_at",
                    Column("built_position", title: "Position"), Column("is_stale", title: "Stale"), "summary",
                ],
                states.map { state in
                    [
                        .text(state.name), .number(state.rows), .size(state.bytes),
                        state.builtAt.map(Cell.time) ?? .nothing, .number(state.builtPosition), .flag(state.isStale),
                        .text(state.summary),
                    ]
                })
            let old = try await OldSchema.all(in: projections.database.pool)
            if !old.isEmpty { show(old, on: run.output) }
            let stale = states.filter(\.isStale).map(\.name)
            if !stale.isEmpty { run.output.note("Run: lifeos projections rebuild \(stale.joined(separator: " "))") }
        }
    }

    private static let names = Argument<[String]>(
        rest: "name", .text, "A projection to rebuild. Default: all of them.")

    static let projectionsRebuild = Command(
        "projections rebuild", "Rebuild projections from the log and swap them in.",
        details:
            "The server can keep reading and writing meanwhile. Stopping a rebuild leaves everything as it was.",
        arguments: [names],
        examples: [
            "lifeos projections rebuild": "All of them.",
            "lifeos projections rebuild words": "Only the words that search uses to correct typos.",
        ]
    ) { run in
        try await withProjections(run) { projections in
            try await projections.blueprint.leaveTablesToServer(in: projections.database.pool, projections.settings)
            let rebuilder = Rebuilder(
                set: projections.set, fold: projections.fold, pool: projections.database.pool,
                logger: projections.instruments.logger)
            let display = PhaseDisplay(run.output)
            defer { display.abandon() }
            let report = try await rebuilder.rebuild(run[names].isEmpty ? nil : run[names]) { display.show($0) }
            display.finish()
            run.output.say(
                """
                Rebuilt \(report.names.joined(separator: ", ")) up to position \(report.position).
                The old tables are kept in the schema \(report.oldSchema); `lifeos projections drop-old` deletes them.
                """,
                [
                    "names": .text(report.names.joined(separator: " ")), "position": .number(report.position),
                    "events": .number(report.events), "rows": .number(report.rows),
                    "old_schema": .text(report.oldSchema), "elapsed_seconds": .duration(report.elapsed),
                    "held_up_seconds": .duration(report.heldUp), "skipped": .number(report.skipped.count),
                ])
            tell(report.skipped, on: run.output)
        }
    }

    static let projectionsCheck = Command(
        "projections check", "Compare every projection with the log.",
        details: """
            Changes nothing and blocks nobody. If a projection differs, exits with 1 and lists up to twenty rows of each kind: \
            `missing` (only the log has it), `surplus` (only the table has it) and `different`.
            """
    ) { run in
        try await withProjections(run) { projections in
            let checker = Checker(
                set: projections.set, fold: projections.fold, pool: projections.database.pool)
            let display = PhaseDisplay(run.output)
            defer { display.abandon() }
            let report = try await checker.check { display.show($0) }
            display.finish()
            try tell(report, on: run.output)
        }
    }

    static let projectionsDropOld = Command(
        "projections drop-old", "Delete tables that were replaced by rebuilds."
    ) { run in
        try await withProjections(run) { projections in
            let old = try await OldSchema.dropAll(in: projections.database.pool)
            if old.isEmpty { run.output.note("There are no old tables.") } else { show(old, on: run.output) }
        }
    }

    private static func show(_ old: [OldSchema], on output: Output) {
        output.table(
            [Column("old_schema", title: "Old tables"), Column("size_bytes", title: "Size")],
            old.map { [.text($0.name), .size($0.bytes)] })
    }

    /// Lists events that could not be read.
    private static func tell(_ skipped: SkippedEvents, on output: Output) {
        if skipped.isEmpty { return }
        output.table(
            [Column("skipped_position", title: "Skipped at"), "type", Column("reason", title: "Why")],
            skipped.all.prefix(skippedShownMax).map {
                [.number($0.position), .text($0.type), .text("\($0.reason)")]
            })
        output.note(
            "\(skipped.count == 1 ? "An event" : "\(skipped.count) events") could not be read and had no effect. "
                + "To see what to do: lifeos log repair-plan")
    }

    private static let skippedShownMax = 20

    private static func tell(_ report: CheckReport, on output: Output) throws {
        output.table(
            [
                "name", Column("state", title: "State"), Column("live_rows", title: "Rows"),
                Column("rebuilt_rows", title: "Rows by the log"),
            ],
            report.projections.map {
                [.text($0.name), .status($0.isSame ? .ok : .failed), .number($0.liveRows), .number($0.rebuiltRows)]
            })
        tell(report.skipped, on: output)
        if report.isClean { return output.note("All projections match the log at position \(report.position).") }
        output.table(
            ["name", "difference", "row", "columns"],
            report.projections.flatMap { projection in
                projection.differences.map { difference in
                    [
                        .text(projection.name), .text(difference.kind.rawValue),
                        .text(difference.key.joined(separator: " ")),
                        .text(difference.columns.joined(separator: " ")),
                    ]
                }
            })
        let names = report.projections.filter { !$0.isSame }.map(\.name)
        throw Failure(
            "\(names.joined(separator: ", ")) \(names.count == 1 ? "differs" : "differ") from the log.",
            advice: "To find out why, keep a copy of the tables first. Then run: lifeos projections rebuild "
                + names.joined(separator: " "))
    }
}

/// What the commands on projections work with.
struct OpenProjections: Sendable {
    let catalogue: Catalogue
    let database: Database
    let instruments: Instruments
    let blueprint: Blueprint
    let settings: Settings

    var set: ProjectionSet { blueprint.set }
    var fold: ProjectionFold { blueprint.fold }
}

func withProjections(
    _ run: Invocation, _ body: (OpenProjections) async throws -> Void
) async throws {
    let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
    let instruments = try Instruments(settings, for: run)
    defer { instruments.logger.flush() }
    let folders = try Folders(settings)
    let blueprint = try Blueprint(folders)
    let database = try await Database.open(
        settings, role: .attachOrStart, connectionsMin: 6, metrics: instruments.metrics, logger: instruments.logger)
    do {
        let migrations = Migrator(blueprint.migrations, logger: instruments.logger)
        let pending = try await migrations.pending(in: database.pool)
        if !pending.isEmpty {
            throw Failure(
                "\(pending.count) migrations have not run yet.",
                advice: "Run: lifeos migrate")
        }
        let projections = OpenProjections(
            catalogue: blueprint.catalogue, database: database, instruments: instruments,
            blueprint: blueprint, settings: settings)
        try await Failure.telling { try await body(projections) }
        await database.close()
    } catch {
        await database.close()
        throw error
    }
}

/// Shows one phase of a rebuild after the other, each with its own bar.
final class PhaseDisplay: Sendable {
    private let output: Output
    private let current = Lock<(phase: ProjectionProgress.Phase, bar: Progress?)?>(nil)

    init(_ output: Output) { self.output = output }

    func show(_ progress: ProjectionProgress) {
        current.withLock { current in
            if current?.phase != progress.phase {
                current?.bar?.finish()
                let (title, total) = (progress.phase.title, progress.eventsTotal)
                // Only where events are counted there is something to draw.
                if total == 0, let title { output.note("\(title) …") }
                let bar = title.flatMap { total == 0 ? nil : output.progress($0, total: total, unit: "events") }
                current = (progress.phase, bar)
            }
            current?.bar?.reach(progress.eventsDone)
        }
    }

    func finish() { current.withLock { $0?.bar?.finish() } }

    func abandon() { current.withLock { $0?.bar?.abandon() } }
}

extension ProjectionProgress.Phase {
    fileprivate var title: String? {
        switch self {
        case .reading: "Reading the log"
        case .indexing: "Building indexes"
        case .catchingUp: "Catching up"
        case .exchanging: "Exchanging tables"
        case .comparing: "Comparing"
        case .done: nil
        }
    }
}
