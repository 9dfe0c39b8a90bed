import API
import Accounts
import Catalogue
import Console
import Entities
import EventLog
import JSON
import Postgres
import Projections
import System
import Telemetry

/// What people keep, from the log up to the routes.
struct Studio {
    let service: EntityService
    private let tail: LogTail
    var catalogue: Catalogue { service.catalogue }
    let routes: EntityRoutes
    let log: LogRoutes
    let cache: CacheRoutes
    let signIns: SignInLog
    let endedSessions: EndedSessions
    let background: Background
    private let projectionWork: ProjectionWork
    var projections: ProjectionRoutes { ProjectionRoutes(work: projectionWork, background: background) }
    var operations: OperationRoutes { OperationRoutes(background: background) }
    var audit: AuditRoutes { AuditRoutes(service: service) }
    var inspection: InspectionRoutes { InspectionRoutes(service: service) }
    func history(_ mark: ForkMark?) -> HistoryRoutes { HistoryRoutes(service: service, notice: mark?.sentence) }
    let access = AccessRecorder()

    static func open(
        _ pool: PostgresPool, _ folders: Folders, headers: SecurityHeaders, writer: CommandWriterConfiguration,
        metrics: Metrics, logger: Logger
    ) async throws -> Studio {
        let catalogue = try Catalogue.load(from: folders.events)
        let files = try ProjectionFile.load(from: folders.projections)
        try await ProjectionSet(files: files, catalogue: catalogue).bringUpToDate(
            in: pool, fold: EntityFold(catalogue: catalogue, files: files), logger: logger.named("projections"))
        let cache = ResponseCache(catalogue: catalogue, headers: headers.headers, metrics: metrics)
        let tail = LogTail(pool: pool, metrics: metrics, logger: logger)
        tail.observe { cache.take($0) }
        let endedSessions = EndedSessions()
        tail.observe { SignOutWatch.take($0, into: endedSessions) }
        let service = EntityService(
            catalogue: catalogue, statements: try EntityStatements(files), pool: pool, configuration: writer,
            metrics: metrics, logger: logger.named("log"),
            // Who wrote reads the answer of now, even while the tail has yet to read what others wrote before.
            committed: { if !tail.offer($0) { cache.take($0) } })
        try await tail.start()
        _ = try await service.log.identity()
        try await SignOutWatch.catchUp(
            endedSessions, from: EventReader(pool: pool), now: SystemWallClock().now())
        return Studio(
            service: service, tail: tail, routes: EntityRoutes(service: service, cache: cache),
            log: LogRoutes(reader: EventReader(pool: pool), tail: tail) { newestData(of: $0, catalogue) },
            cache: CacheRoutes(cache: cache),
            signIns: SignInLog(service: service, logger: logger.named("sign-ins")), endedSessions: endedSessions,
            background: Background(service, logger: logger),
            projectionWork: ProjectionWork(service: service, files: files, logger: logger.named("projections")))
    }

    func start() {
        service.start()
        service.undertaker.start()
        access.start { [signIns] in await signIns.write($0) }
    }

    /// Writes what was accepted before it returns.
    func stop() async {
        await access.stop()
        await background.stop()
        await service.stop()
        await tail.stop()
    }

    /// Nil where the event was written as the catalogue has it now.
    private static func newestData(of event: Event, _ catalogue: Catalogue) -> JSONValue? {
        guard let type = catalogue[type: event.category], event.schemaVersion < type.version,
            let declaration = catalogue.event(event.type), let data = try? JSONValue(parsing: event.data)
        else { return nil }
        return type.upcast(data, of: declaration, from: event.schemaVersion)
    }
}
