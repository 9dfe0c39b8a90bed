import API
import Accounts
import Backup
import Catalogue
import Entities
import EventLog
import HTTPServer
import JSON
import Migrations
import Postgres
import Projections
import Replay
import System
import Telemetry
import TestSupport

/// A running server with the shipped catalogue on a database of its own, asked over a socket, for one test.
final class Studio: Sendable {
    let pool: PostgresPool
    let catalogue: Catalogue
    let service: EntityService
    let routes: [Route]
    let address: RawHTTP.Address
    private let database: TestDatabase
    private let server: HTTPServer
    private let tail: LogTail
    let background: Background
    let backups: TemporaryFolder

    static let root = String(#filePath.split(separator: "/Tests/")[0])
    static let token = "a token for the tests"

    private init(
        _ database: TestDatabase, _ checks: [HealthCheck], _ configuration: HTTPServer.Configuration = .init(),
        _ writer: CommandWriterConfiguration = .init(), _ given: Catalogue? = nil
    ) async throws {
        self.database = database
        let metrics = Metrics()
        pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: metrics, logger: .silent)
        catalogue = try given ?? Catalogue.load(from: ["\(Self.root)/events"])
        let files = try ProjectionFile.load(from: "\(Self.root)/projections")
        _ = try await ProjectionSet(files: files, catalogue: catalogue).install(in: pool)
        let headers = SecurityHeaders(isSecure: false)
        let cache = ResponseCache(catalogue: catalogue, headers: headers.headers, metrics: metrics)
        let tail = LogTail(pool: pool, metrics: metrics, logger: .silent)
        self.tail = tail
        tail.observe { cache.take($0) }
        var limits = OperationLimits()
        // Tests make operations by hand that nobody carries.
        limits.deadAfter = .seconds(3_600)
        let service = EntityService(
            catalogue: catalogue, statements: try EntityStatements(files), pool: pool, configuration: writer,
            operations: limits,
            metrics: metrics, logger: .silent, committed: { if !tail.offer($0) { cache.take($0) } })
        self.service = service
        try await tail.start()
        let log = LogRoutes(reader: EventReader(pool: pool), tail: tail)
        let background = Background(service, logger: .silent)
        self.background = background
        let projections = ProjectionWork(service: service, files: files, logger: .silent)
        let audit = AuditRoutes(service: service)
        let forks = Forks(
            pool: pool,
            blueprint: try Blueprint(projections: "\(Self.root)/projections", events: ["\(Self.root)/events"]),
            logger: .silent)
        let replay = ReplayRoutes(service: service, background: background, forks: forks)
        backups = try TemporaryFolder("backups")
        let shelf = BackupRoutes(
            service: service, background: background,
            shelf: BackupShelf(FolderStore(backups.path), Keyring(nil)), blobs: nil)
        let router = Self.router(catalogue, headers) { open in
            HealthRoutes(checks: checks, version: "test").declare(in: &open)
            MetricsRoutes(metrics: metrics).declare(in: &open)
        } guarded: { signedIn in
            EntityRoutes(service: service, cache: cache).declare(in: &signedIn)
            log.declare(in: &signedIn)
            CacheRoutes(cache: cache).declare(in: &signedIn)
            ProjectionRoutes(work: projections, background: background).declare(in: &signedIn)
            OperationRoutes(background: background).declare(in: &signedIn)
            audit.declare(in: &signedIn)
            InspectionRoutes(service: service).declare(in: &signedIn)
            replay.declare(in: &signedIn)
            shelf.declare(in: &signedIn)
        }
        routes = router.routes
        server = HTTPServer(configuration: configuration, router: router, metrics: metrics, logger: .silent)
        try server.start()
        guard case .address(let host, let port) = server.boundAddress else { throw NoAddress() }
        address = .tcp(host: host, port: port)
        service.start()
    }

    struct NoAddress: Error {}

    private static func router(
        _ catalogue: Catalogue, _ headers: SecurityHeaders, open declareOpen: (inout Router) -> Void,
        guarded declareGuarded: (inout Router) -> Void
    ) -> Router {
        let token = AdminToken(token)
        let limit = WrongTokenLimit()
        let sessions = Sessions(token: token, isSecure: false, ended: EndedSessions(), limit: limit, record: { _ in })
        let authentication = Authentication(token: token, sessions: sessions, limit: limit)
        var router = Router()
        router.use(headers)
        DatabaseProblems.declare(in: &router)
        declareOpen(&router)
        router.group("") { signedIn in
            signedIn.use(authentication)
            declareGuarded(&signedIn)
        }
        DescriptionRoutes(
            catalogue: catalogue, version: "test", server: "http://127.0.0.1", headers: headers.headers,
            routes: router.routes
        ).declare(in: &router, behind: authentication)
        return router
    }

    private static let template = TestDatabase.Template("apistudio") { conninfo in
        let pool = try await PostgresPool(
            configuration: .init(connection: conninfo), metrics: Metrics(), logger: .silent)
        _ = try await Migrator(try Migration.load(from: "\(root)/projections/migrations"), logger: .silent).run(
            in: pool)
        await pool.close()
    }

    static func with<Result: Sendable>(
        checks: [HealthCheck] = [HealthCheck("test") { .init(.ok, "It is a test.") }],
        configuration: HTTPServer.Configuration = .init(), writer: CommandWriterConfiguration = .init(),
        _ body: (Studio) async throws -> Result
    ) async throws -> Result {
        let database = try await TestDatabase.make(from: template)
        let studio = try await Studio(database, checks, configuration, writer)
        do {
            let result = try await body(studio)
            await studio.close()
            return result
        } catch {
            await studio.close()
            throw error
        }
    }

    private func close() async {
        await stop()
        await database.drop()
    }

    private func stop() async {
        await server.stop(grace: .seconds(5))
        await background.stop()
        await service.stop()
        await tail.stop()
        await pool.close()
    }

    /// Another server on the same database, for as long as the body lasts.
    func withOtherNode(
        catalogue: Catalogue? = nil, _ body: (RawHTTP.Address) async throws -> Void
    ) async throws {
        let other = try await Studio(database, [], .init(), .init(), catalogue)
        do {
            try await body(other.address)
            await other.stop()
        } catch {
            await other.stop()
            throw error
        }
    }

    /// A client with its own connection.
    func client(token: String? = Studio.token) throws -> Client { try Client(address, token: token) }
}
