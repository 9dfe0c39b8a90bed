import API
import Accounts
import Backup
import Catalogue
import Entities
import EventLog
import HTTPServer
import Migrations
import Postgres
import Projections
import Service
import System
import Telemetry
import TestSupport

/// A node with the shipped catalogue on a database of its own, asked over a socket, for one test.
final class Studio: Sendable {
    let pool: PostgresPool
    let address: RawHTTP.Address
    let backups: TemporaryFolder
    private let node: Node
    private let database: TestDatabase

    var routes: [Route] { node.routes }
    var service: EntityService { node.premises.service }
    var background: Background { node.premises.background }
    var catalogue: Catalogue { service.catalogue }

    static let root = String(#filePath.split(separator: "/Tests/")[0])
    static let token = "a token for the tests"

    private init(_ database: TestDatabase, _ change: (inout NodeConfiguration) throws -> Void = { _ in }) async throws {
        self.database = database
        backups = try TemporaryFolder("backups")
        let blueprint = try Blueprint(projections: "\(Self.root)/projections", events: ["\(Self.root)/events"])
        var configuration = NodeConfiguration(
            blueprint: blueprint, token: AdminToken(Self.token), dashboards: "\(Self.root)/dashboards",
            shelf: BackupShelf(FolderStore(backups.path), Keyring(nil)))
        // Tests make operations by hand that nobody carries.
        configuration.operations.deadAfter = .seconds(3_600)
        try change(&configuration)
        let metrics = Metrics()
        pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: metrics, logger: .silent)
        node = try await Node.start(configuration, on: pool, metrics: metrics, logger: .silent)
        guard case .address(let host, let port) = node.address else { throw NoAddress() }
        address = .tcp(host: host, port: port)
    }

    struct NoAddress: Error {}

    private static let template = TestDatabase.Template("apistudio") { conninfo in
        let pool = try await PostgresPool(
            configuration: .init(connection: conninfo), metrics: Metrics(), logger: .silent)
        let blueprint = try Blueprint(projections: "\(root)/projections", events: ["\(root)/events"])
        try await blueprint.migrate(pool, logger: .silent)
        await pool.close()
    }

    /// - Parameter checks: what readiness looks at; nil for what it looks at in earnest.
    static func with<Result: Sendable>(
        checks: [HealthCheck]? = [HealthCheck("test") { .init(.ok, "It is a test.") }],
        configuration: HTTPServer.Configuration = .init(), writer: CommandWriterConfiguration = .init(),
        _ body: (Studio) async throws -> Result
    ) async throws -> Result {
        let database = try await TestDatabase.make(from: template)
        let studio = try await Studio(database) {
            $0.checks = checks
            $0.server = configuration
            $0.writer = writer
        }
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
        await node.stop(grace: .seconds(5))
        await pool.close()
    }

    /// Another node on the same database, for as long as the body lasts.
    func withOtherNode(
        catalogue: Catalogue? = nil, _ body: (RawHTTP.Address) async throws -> Void
    ) async throws {
        let other = try await Studio(database) { configuration in
            guard let catalogue else { return }
            configuration.blueprint = try configuration.blueprint.with(catalogue)
        }
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
