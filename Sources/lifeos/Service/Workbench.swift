import CLI
import Catalogue
import Configuration
import Entities
import EventLog
import PrivatePostgres
import Projections
import System
import Telemetry

/// What a command works with that reads or changes what people keep: beside a running server, or alone.
struct Workbench {
    let service: EntityService
    let folders: Folders
    let logger: Logger

    /// Opens the database, brings it up to date, and closes it when the body is done.
    ///
    /// - Parameter clock: gives events their time; nil for the database's.
    static func with<Result: Sendable>(
        _ run: Invocation, clock: (any WallClock)? = nil, _ body: (Workbench) async throws -> Result
    ) async throws -> Result {
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let instruments = try Instruments(settings, environment: run.environment)
        defer { instruments.logger.flush() }
        let folders = try Folders(settings)
        let catalogue = try Catalogue.load(from: folders.events)
        let database = try await Database.open(
            settings, role: .attachOrStart, metrics: instruments.metrics, logger: instruments.logger)
        do {
            try await database.migrate(folders, logger: instruments.logger)
            let files = try ProjectionFile.load(from: folders.projections)
            try await ProjectionSet(files: files, catalogue: catalogue).bringUpToDate(
                in: database.pool, fold: EntityFold(catalogue: catalogue, files: files),
                logger: instruments.logger.named("projections"))
            let service = EntityService(
                catalogue: catalogue, statements: try EntityStatements(files), pool: database.pool,
                configuration: CommandWriterConfiguration(settings, clock: clock), metrics: instruments.metrics,
                logger: instruments.logger.named("log"),
                committed: { _ in })
            service.start()
            do {
                let bench = Workbench(service: service, folders: folders, logger: instruments.logger)
                let result = try await Failure.telling { try await body(bench) }
                await service.stop()
                await database.close()
                return result
            } catch {
                await service.stop()
                throw error
            }
        } catch {
            await database.close()
            throw error
        }
    }

    /// Who acts where a command line does: until there are accounts, there is one person.
    static let actor = "admin"
}
