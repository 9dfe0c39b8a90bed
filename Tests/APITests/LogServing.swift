import API
import HTTPClient
import HTTPServer
import JSON
import Migrations
import Postgres
import System
import Telemetry
import TestSupport

@testable import EventLog

/// The routes of the log, served over a socket from a database of their own.
struct LogServing: Sendable {
    let pool: PostgresPool
    let tail: LogTail
    let base: String
    let client: HTTPClient

    private static let template = TestDatabase.Template("log_routes") { conninfo in
        let pool = try await PostgresPool(
            configuration: .init(connection: conninfo), metrics: Metrics(), logger: .silent)
        let root = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))
        let migrations = try Migration.load(from: "\(root)/projections/migrations")
        try await Migrator(migrations, logger: .silent).run(in: pool)
        await pool.close()
    }

    static func with(
        upcast: @escaping LogRoutes.Upcast = { _ in nil }, _ body: @Sendable (LogServing) async throws -> Void
    ) async throws {
        try await TestDatabase.with(template: template) { database in
            let pool = try await PostgresPool(
                configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
            let tail = LogTail(pool: pool, metrics: Metrics(), logger: .silent)
            try await tail.start()
            var router = Router()
            LogRoutes(reader: EventReader(pool: pool), tail: tail, upcast: upcast).declare(in: &router)
            var configuration = HTTPServer.Configuration()
            configuration.deadlines.heartbeat = .milliseconds(100)
            let server = HTTPServer(configuration: configuration, router: router, metrics: Metrics())
            try server.start()
            let client = try HTTPClient(metrics: Metrics(), logger: .silent)
            let address = server.boundAddress.map { "\($0)" } ?? ""
            let result: Result<Void, any Error>
            do {
                let serving = LogServing(pool: pool, tail: tail, base: "http://\(address)", client: client)
                result = .success(try await body(serving))
            } catch {
                result = .failure(error)
            }
            await client.shutdown()
            await server.stop(grace: .zero)
            await tail.stop()
            await pool.close()
            try result.get()
        }
    }

    /// Appends one event for each name, each of a stream of its own, to the second of category `song`, by two actors.
    func append(_ range: ClosedRange<Int>) async throws {
        try await pool.transaction { connection in
            let head = try LogStatements.head(connection.query("lock", LogStatements.lockHead)).head
            var log = AppendBuffer(after: head, now: head.recordedAt + .seconds(60))
            for number in range {
                let category = number % 2 == 0 ? "song" : "book"
                let meta = EventMeta(actor: number % 3 == 0 ? "anna" : "bert", command: Self.stream(number))
                log.append(
                    EventDraft(
                        stream: Self.stream(number), version: 1, category: category, type: "\(category).created",
                        schemaVersion: 1, data: Array(#"{"n":  \#(number).50}"#.utf8), meta: meta.encoded()))
            }
            try connection.execute("insert", LogStatements.insert(log.events))
            try connection.execute("move", LogStatements.move(to: log.head))
            _ = try connection.query("notify", LogStatements.notify(log.head))
        }
    }

    var identity: LogIdentity { get async throws { try await EventReader(pool: pool).identity().identity } }

    static func stream(_ number: Int) -> UUID { ScriptedIdentifiers.numbered(UInt64(number)) }

    func get(_ path: String, headers: HTTPClient.Headers = [:]) async throws -> HTTPClient.Response {
        try await client.send(.init(.get, base + path, headers: headers))
    }

    /// The positions that a list shows.
    func positions(_ query: String) async throws -> [Int] {
        let answer = try await get("/api/v2/admin/events?\(query)")
        return try JSONValue(parsing: answer.body)["items"]?.array?.compactMap { $0["position"]?.integer } ?? []
    }
}
