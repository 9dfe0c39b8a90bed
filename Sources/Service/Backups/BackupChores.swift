package import Backup
package import Entities
import EventLog
import JSON
package import Recovery
package import System
package import Telemetry

/// What a schedule has done about backups, each recorded as an operation.
package struct BackupChores {
    private let place: BackupPlace
    private let service: EntityService
    private let blueprint: Blueprint
    /// Where a drill may put blobs for a while.
    private let scratch: String
    private let logger: Logger

    package init(
        place: BackupPlace, service: EntityService, blueprint: Blueprint, scratch: String, logger: Logger
    ) {
        self.place = place
        self.service = service
        self.blueprint = blueprint
        self.scratch = scratch
        self.logger = logger
    }

    package func agenda(of schedule: BackupSchedule, now: Timestamp) async throws -> [BackupSchedule.Item] {
        let recorded = try await RecordedBackups.read(from: service.pool)
        return schedule.agenda(done: recorded.done, tried: recorded.tried, now: now, in: .ofThisProcess)
    }

    /// - Parameter actor: who has it done.
    package func run(_ work: BackupSchedule.Work, actor: String) async throws {
        switch work {
        case .full:
            try await make(.full, actor)
            // Whoever makes new ones has to let go of old ones, or the disk fills up.
            _ = try await BackupPruner(place.shelf).prune()
        case .incremental:
            do { try await make(.incremental, actor) } catch let error as BackupError where error.code == .noParent {
                logger.warning("there is nothing to continue, so a full backup is made", ["reason": error.message])
                try await run(.full, actor: actor)
            }
        case .drill: _ = try await drill(actor: actor)
        }
    }

    private func make(_ kind: BackupKind, _ actor: String) async throws {
        _ = try await place.create(kind, of: service, Operation(service, actor: actor)) { _, _ in }
    }

    package func drill(
        actor: String, progress: @escaping Restorer.Report = { _ in }
    ) async throws -> BackupDrill.Report {
        let reader = try await BackupReader.newest(place.shelf)
        let backup = reader.chain.last.map { "\($0.id)" } ?? ""
        let brief = Operation.Brief(
            "backup_drill", "Drill of the newest backup",
            parameters: ["backup": .string(backup), "position": .integer(reader.head.position)],
            exclusion: "backup_drill")
        return try await Operation(service, actor: actor).run(
            brief, telling: \.json, whenStopped: "Nothing of it is left."
        ) { _ in
            try await BackupDrill(reader, blueprint, logger: logger).run(
                beside: service.pool, scratch: scratch, progress: progress)
        }
    }
}

extension BackupChores {
    package static func scratch(in home: String) -> String { "\(home)/drill" }
}
