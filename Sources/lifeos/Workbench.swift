import CLI
import Catalogue
import Configuration
import Entities
import EventLog
import Migrations
import Postgres
import PrivatePostgres
import Projections
import Service
import System
import Telemetry

/// What a command needs that reads or changes entities, whether or not a server runs.
struct Workbench {
    let service: EntityService
    let blueprint: Blueprint
    /// The files of the sample studio; nil where they are not shipped.
    let sample: String?
    let logger: Logger
    /// What kept the database from being brought up to date; nil where it is, and always for those who do not rescue.
    let obstacle: (any Error)?

    /// What rescues works without being recorded, where nothing can be written; then this says so.
    func recording(_ what: String, on output: Output) -> Operation.Recording {
        .optional(obstacle: obstacle) { error in
            output.warn("\(what) could not be recorded, because the log cannot be written to: \(error)")
        }
    }

    /// Opens the database, brings it up to date, and closes it when the body is done.
    ///
    /// - Parameters:
    ///   - clock: gives events their time; nil for the database's.
    ///   - makesHome: whether a missing home is made. Default not.
    ///   - rescues: whether the body is to run where the database cannot be written to, and so not be brought up to date.
    static func with<Result: Sendable>(
        _ run: Invocation, clock: (any WallClock)? = nil, makesHome: Bool = false, rescues: Bool = false,
        _ body: (Workbench) async throws -> Result
    ) async throws -> Result {
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let instruments = try Instruments(settings, for: run)
        defer { instruments.logger.flush() }
        let folders = try Folders(settings)
        let blueprint = try Blueprint(folders)
        let (metrics, logger) = (instruments.metrics, instruments.logger)
        let database = try await Database.open(
            settings, role: .attachOrStart, makesHome: makesHome, metrics: metrics, logger: logger)
        do {
            var obstacle: (any Error)?
            do {
                try await blueprint.migrate(database.pool, logger: logger)
                try await blueprint.leaveTablesToServer(in: database.pool, settings)
                try await blueprint.set.bringUpToDate(
                    in: database.pool, fold: blueprint.fold, logger: logger.named("projections"))
            } catch let error where rescues && isInTheWay(error) {
                obstacle = error
            }
            let service = try EntityService(
                blueprint, on: database.pool, configuration: CommandWriterConfiguration(settings, clock: clock),
                metrics: metrics, logger: logger.named("log"))
            let bench = Workbench(
                service: service, blueprint: blueprint, sample: folders.sample, logger: logger, obstacle: obstacle)
            let result = try await service.running { _ in try await Failure.telling { try await body(bench) } }
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    /// Whether it was the writing that failed: what there is can still be read.
    private static func isInTheWay(_ error: any Error) -> Bool {
        switch error {
        case let error as PostgresError: error.trouble != nil
        case let error as MigrationError: error.code == .failed
        default: false
        }
    }
}
