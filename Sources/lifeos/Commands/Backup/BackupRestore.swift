import Accounts
import Backup
import CLI
import Configuration
import Entities
import EventLog
import JSON
import Postgres
import PrivatePostgres
import Recovery
import Service
import System
import Telemetry

extension Command {
    private static let id = Argument<BackupID?>(
        optional: "id", backupName, "The backup. Default: the newest that reaches the point.")
    private static let to = Option(
        "to", Kind.point, placeholder: "point", "Restore up to this position or time. Default: everything.")
    private static let fork = Option(
        "fork", .text, placeholder: "name", "Restore into a new fork, which `lifeos serve --fork` serves.")
    private static let database = Option(
        "database", .text, placeholder: "name", "Restore into a new database of this name, on the same server.")
    private static let from = Option(
        "from", .text, placeholder: "store", "Where the backups are. Default: LIFEOS_BACKUP_TARGET.")

    static let backupRestore = Command(
        "backup restore", "Restore a backup into an empty system or a new database.",
        details: """
            Restores blobs, the log and all tables, then recomputes every hash and compares every row with the log. Nothing is \
            overwritten: the log of the configured database must be empty, as in a new LIFEOS_HOME. If the restore fails, the \
            database is left as it was.

            A point belongs to the history of the newest backup. If the log was once restored to an earlier point, name an older \
            backup to reach the history abandoned then. A position in the middle of a change is refused.
            """,
        options: [to, fork, database, from], arguments: [id],
        examples: [
            "LIFEOS_HOME=~/new lifeos backup restore --from /mnt/backups": "Everything, on a new machine.",
            "lifeos backup restore --to \"yesterday 18:00\" --fork before": "Yesterday evening, in a fork.",
        ]
    ) { run in
        guard run[fork] == nil || run[database] == nil else {
            throw Failure(
                "--fork and --database cannot be combined.", advice: "Choose one.", code: .usage, exitCode: .usage)
        }
        try await withBackups(run, from: run[from], makesHome: true) { place in
            let (reader, last) = try await tellingOfRestores { try await choose(run, place) }
            let display = FillingDisplay(run.output)
            defer { display.end() }
            let start = ContinuousClock.now
            let told = try await tellingOfRestores {
                try await restore(reader, upTo: last, run, place) { display.show($0) }
            }
            display.end()
            let backup = reader.chain.last.map { "\($0.id)" } ?? ""
            run.output.say(
                "Restored \(backup) up to position \(last)\(told.place). \(told.advice)",
                [
                    "backup": .text(backup), "position": .number(last),
                    "elapsed_seconds": .duration(ContinuousClock.now - start),
                    "fork": Cell(run[fork]), "database": Cell(run[database]),
                    "verified": told.report.map { .number($0.verifiedCount) } ?? .nothing,
                    "blobs_written": told.report.map { .number($0.blobsWritten) } ?? .nothing,
                ])
        }
    }

    private struct Told {
        var report: RestoreReport?
        let place: String
        let advice: String
    }

    private static func restore(
        _ reader: BackupReader, upTo last: Int, _ run: Invocation, _ place: BackupPlace,
        progress: @escaping Restorer.Report
    ) async throws -> Told {
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let instruments = try Instruments(settings, for: run)
        defer { instruments.logger.flush() }
        let blueprint = try Blueprint(Folders(settings))
        let opened = try await Database.open(
            settings, role: .attachOrStart, makesHome: true, connectionsMin: 6, metrics: instruments.metrics,
            logger: instruments.logger)
        do {
            let restorer = Restorer(reader, blueprint, logger: instruments.logger)
            let record = RestoreRecord(reader: reader, last: last, blueprint: blueprint, logger: instruments.logger)
            let told: Told
            if let name = run[fork] {
                try await blueprint.migrate(opened.pool, logger: instruments.logger)
                let forks = Forks(pool: opened.pool, blueprint: blueprint, logger: instruments.logger)
                _ = try await reader.restoreBlobs(into: place.blobs)
                _ = try await forks.restore(
                    name: name, reader, upTo: last, reason: "restored from \(record.backup)", progress: progress)
                told = Told(place: " into the fork \(name)", advice: "Serve it with: lifeos serve --fork \(name)")
            } else if let name = run[database] {
                let report = try await restorer.restore(
                    upTo: last, intoNew: name, beside: opened.pool, blobs: place.blobs, progress: progress)
                told = Told(
                    report: report, place: " into the database \(name)", advice: "To serve it, set DATABASE_URL to it.")
            } else {
                let report = try await restorer.restore(
                    upTo: last, into: opened.pool, blobs: place.blobs, progress: progress)
                try await record.write(report, to: opened.pool)
                told = Told(report: report, place: ", verified and checked", advice: "Serve it with: lifeos serve")
            }
            await opened.close()
            return told
        } catch {
            await opened.close()
            throw error
        }
    }

    /// Which backup to read, and how far. Refused here, a point within a command costs nothing.
    private static func choose(_ run: Invocation, _ place: BackupPlace) async throws -> (BackupReader, last: Int) {
        let (reader, position) = try await find(run, place)
        return (reader, try await reader.commandEnd(at: position).position)
    }

    private static func find(_ run: Invocation, _ place: BackupPlace) async throws -> (BackupReader, last: Int) {
        if let id = run[id] {
            let reader = try await BackupReader(place.shelf, of: id)
            switch run[to] {
            case nil, .now: return (reader, reader.head.position)
            case .position(let position): return (reader, position)
            case .time(let time, _): return (reader, try await reader.position(at: time))
            case .before, .event: throw noPoint
            }
        }
        let position: Int
        switch run[to] {
        case nil, .now:
            let reader = try await BackupReader.newest(place.shelf)
            return (reader, reader.head.position)
        case .position(let wanted): position = wanted
        case .time(let time, _): position = try await BackupReader.position(at: time, place.shelf)
        case .before, .event: throw noPoint
        }
        return (try await BackupReader.reaching(position, place.shelf), position)
    }

    private static let noPoint = Failure(
        "A backup can be restored up to a position or a time.",
        advice: "`lifeos log show` shows the position of each event.",
        code: .usage, exitCode: .usage)

    /// Says what to do where a restore was given up.
    static func tellingOfRestores<Result>(_ body: () async throws -> Result) async throws -> Result {
        let diskFull = "The disk is full. The restore left nothing in the database."
        let advice = "Free some space, or restore to another disk: set LIFEOS_HOME or DATABASE_URL."
        do { return try await Failure.telling(body) } catch let error as PostgresError where error.code == .diskFull {
            throw Failure(diskFull, advice: advice)
        } catch let error as SystemError where error.isDiskFull {
            throw Failure(diskFull, advice: advice)
        } catch let fault as LogFault {
            throw Failure(
                "The backup is damaged: \(fault.explanation)",
                advice: "Run `lifeos backup verify --all`, and use a backup that is intact.")
        }
    }
}

/// Notes in a restored log that it was restored, and from what.
private struct RestoreRecord {
    let reader: BackupReader
    let last: Int
    let blueprint: Blueprint
    let logger: Logger

    var backup: String { reader.chain.last.map { "\($0.id)" } ?? "an empty backup" }

    func write(_ report: RestoreReport, to pool: PostgresPool) async throws {
        let brief = Operation.Brief(
            "restore", "Restore of \(backup)", total: last,
            parameters: ["backup": .string(backup), "position": .integer(last)])
        let service = try EntityService(blueprint, on: pool, metrics: Metrics(), logger: logger)
        _ = try await service.running {
            try await Operation($0, actor: Actor.commandLine.name).run(brief, telling: \.json) { _ in report }
        }
    }
}
