import API
import Catalogue
package import Entities
import EventLog
import HTTPServer
import JSON
package import Postgres
import Projections
import Recovery
import System
import Telemetry

/// What the rooms of a node share: the database with its writer, whoever follows the log, and who may come in.
package struct Premises: Sendable {
    let configuration: NodeConfiguration
    package let pool: PostgresPool
    package let service: EntityService
    package let background: Background
    let tail: LogTail
    let cache: ResponseCache
    let access: AccessControl
    let health = HealthBoard()
    /// Nil where the database is no fork.
    let mark: ForkMark?
    let headers: SecurityHeaders
    let metrics: Metrics
    let logger: Logger

    var isSecure: Bool { configuration.server.tls != nil }
    var address: String { "\(isSecure ? "https" : "http")://\(configuration.server.listen)" }

    static func open(
        _ configuration: NodeConfiguration, on pool: PostgresPool, metrics: Metrics, logger: Logger
    ) async throws -> Premises {
        let blueprint = configuration.blueprint
        let mark = try await ForkOrigin.read(from: pool).map { ForkMark(origin: $0) }
        try await blueprint.set.bringUpToDate(in: pool, fold: blueprint.fold, logger: logger.named("projections"))
        let headers = SecurityHeaders(
            isSecure: configuration.server.tls != nil, more: [mark?.header].compactMap { $0 })
        let cache = ResponseCache(catalogue: blueprint.catalogue, headers: headers.headers, metrics: metrics)
        let tail = LogTail(pool: pool, metrics: metrics, logger: logger)
        tail.observe { cache.take($0) }
        let service = EntityService(
            blueprint, on: pool, configuration: configuration.writer, operations: configuration.operations,
            metrics: metrics, logger: logger.named("log"),
            // Who wrote reads the answer of now, even while the tail has yet to read what others wrote before.
            committed: { if !tail.offer($0) { cache.take($0) } })
        let access = AccessControl(configuration, service, mark, logger: logger)
        tail.observe { access.take($0) }
        try await tail.start()
        do {
            _ = try await service.log.identity()
            try await access.catchUp(from: EventReader(pool: pool))
        } catch {
            await tail.stop()
            throw error
        }
        return Premises(
            configuration: configuration, pool: pool, service: service,
            background: Background(service, logger: logger), tail: tail, cache: cache, access: access, mark: mark,
            headers: headers, metrics: metrics, logger: logger)
    }

    func close() async { await tail.stop() }
}

/// What readiness and the console's overview look at: known once all rooms have said what they bring.
final class HealthBoard: Sendable {
    private let state = Lock<[HealthCheck]>([])

    var checks: [HealthCheck] { state.withLock { $0 } }

    func add(_ checks: [HealthCheck]) { state.withLock { $0 += checks } }
}
