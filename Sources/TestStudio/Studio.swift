package import Catalogue
package import Entities
package import EventLog
import JSON
import Migrations
package import Postgres
import Projections
import System
import Telemetry
package import TestSupport

/// A database with the shipped catalogue and a running service, for one test.
package final class Studio: Sendable {
    package let database: TestDatabase
    package let pool: PostgresPool
    package let catalogue: Catalogue
    package let service: EntityService
    package let committed: Committed

    /// The events that the service has told of.
    package final class Committed: Sendable {
        private let state = Lock<[Event]>([])
        package var events: [Event] { state.withLock { $0 } }
        package func add(_ events: [Event]) { state.withLock { $0 += events } }
    }

    package static let root = String(#filePath.split(separator: "/Sources/")[0])

    private init(
        _ database: TestDatabase, types: [String: String], configuration: CommandWriterConfiguration
    ) async throws {
        var configuration = configuration
        // A debug build takes its time to decide on large values, beside other tests above all.
        configuration.silenceMax = max(configuration.silenceMax, .seconds(60))
        configuration.unreachableMax = max(configuration.unreachableMax, .seconds(60))
        self.database = database
        pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
        catalogue = try Self.catalogue(with: types)
        let blueprint = try Self.blueprint(of: catalogue)
        _ = try await blueprint.set.install(in: pool)
        let committed = Committed()
        self.committed = committed
        service = EntityService(
            blueprint, on: pool, configuration: configuration, metrics: Metrics(), logger: .silent,
            committed: { committed.add($0) })
        service.start()
    }

    package static let template = TestDatabase.Template("studio") { conninfo in
        let pool = try await PostgresPool(
            configuration: .init(connection: conninfo), metrics: Metrics(), logger: .silent)
        _ = try await Migrator(try Migration.load(from: "\(root)/projections/migrations"), logger: .silent).run(
            in: pool)
        await pool.close()
    }

    /// The shipped schema and projections for a catalogue.
    package static func blueprint(of catalogue: Catalogue) throws -> Blueprint {
        try Blueprint(
            migrations: try Migration.load(from: "\(root)/projections/migrations"), catalogue: catalogue,
            files: try ProjectionFile.load(from: "\(root)/projections"))
    }

    package var blueprint: Blueprint { get throws { try Self.blueprint(of: catalogue) } }

    /// The shipped catalogue with more types.
    ///
    /// - Parameter types: the files' texts by the types' names.
    package static func catalogue(with types: [String: String]) throws -> Catalogue {
        let folder = try TemporaryFolder("types")
        for (name, text) in types { try Files.replace(folder.path("\(name).json"), with: Array(text.utf8)) }
        return try Catalogue.load(from: types.isEmpty ? ["\(root)/events"] : ["\(root)/events", folder.path])
    }

    /// - Parameter types: more types than the shipped ones: the files' texts by the types' names.
    package static func with<Result: Sendable>(
        types: [String: String] = [:], configuration: CommandWriterConfiguration = .init(),
        _ body: (Studio) async throws -> Result
    ) async throws -> Result {
        let database = try await TestDatabase.make(from: template)
        let studio = try await Studio(database, types: types, configuration: configuration)
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
        await service.stop()
        await pool.close()
        await database.drop()
    }
}
