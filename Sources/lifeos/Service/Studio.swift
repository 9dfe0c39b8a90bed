import API
import Catalogue
import Entities
import Postgres
import Projections
import Telemetry

/// What people keep, from the log up to the routes.
struct Studio {
    private let service: EntityService
    let routes: EntityRoutes

    static func open(
        _ pool: PostgresPool, _ folders: Folders, headers: SecurityHeaders, metrics: Metrics, logger: Logger
    ) async throws -> Studio {
        let catalogue = try Catalogue.load(from: folders.events)
        let files = try ProjectionFile.load(from: folders.projections)
        _ = try await ProjectionSet(files: files, catalogue: catalogue).install(in: pool)
        let cache = ResponseCache(catalogue: catalogue, headers: headers.headers, metrics: metrics)
        let service = EntityService(
            catalogue: catalogue, statements: try EntityStatements(files), pool: pool, metrics: metrics,
            logger: logger.named("log"), committed: { cache.take($0) })
        return Studio(service: service, routes: EntityRoutes(service: service, cache: cache))
    }

    func start() { service.start() }

    /// Writes what was accepted before it returns.
    func stop() async { await service.stop() }
}
