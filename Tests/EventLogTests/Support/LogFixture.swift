import JSON
import Migrations
import Postgres
import System
import Telemetry
import TestSupport

@testable import EventLog

typealias CounterWriter = CommandWriter<Counters>

/// A database with an empty log, and pools on it.
struct LogFixture: Sendable {
    let conninfo: String
    /// For looking and hurting, never the writer's.
    let pool: PostgresPool
    var reader: EventReader { EventReader(pool: pool) }

    static let template = TestDatabase.Template("log") { try await prepare($0) }

    /// On an empty database that nobody else has.
    static func make(on conninfo: String) async throws -> LogFixture {
        try await prepare(conninfo)
        return LogFixture(conninfo: conninfo, pool: try await makePool(conninfo, "looker"))
    }

    private static func prepare(_ conninfo: String) async throws {
        let pool = try await makePool(conninfo, "migrator")
        let root = Files.folder(of: Files.folder(of: Files.folder(of: Files.folder(of: #filePath))))
        try await Migrator(Migration.load(from: "\(root)/projections/migrations"), logger: .silent).run(in: pool)
        try await pool.withConnection { try $0.runScript("counters", unsafeSQL: Counters.schema) }
        await pool.close()
    }

    static func with<Result: Sendable>(_ body: (LogFixture) async throws -> Result) async throws -> Result {
        try await TestDatabase.with(template: template) { database in
            let pool = try await makePool(database.conninfo, "looker")
            let result: Swift.Result<Result, any Error>
            do {
                result = .success(try await body(LogFixture(conninfo: database.conninfo, pool: pool)))
            } catch {
                result = .failure(error)
            }
            await pool.close()
            return try result.get()
        }
    }

    static func makePool(
        _ conninfo: String, _ name: String, _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) async throws -> PostgresPool {
        var configuration = PoolConfiguration(connection: conninfo)
        configuration.connection.applicationName = name
        configuration.idleUncheckedMax = .zero
        configuration.acquireTimeout = .seconds(60)
        // Whoever holds something for a test holds it for as long as a busy machine takes.
        configuration.connection.settings["idle_in_transaction_session_timeout"] = "0"
        configuration.connection.settings["lock_timeout"] = "0"
        change(&configuration)
        return try await PostgresPool(configuration: configuration, metrics: Metrics(), logger: .silent)
    }

    /// A started writer with a pool of its own called `writer`, stopped at the end.
    func withWriter<Result: Sendable>(
        _ handler: Counters = Counters(), name: String = "writer", conninfo: String? = nil,
        metrics: Metrics = Metrics(),
        configure change: (inout CommandWriterConfiguration) -> Void = { _ in },
        committed: @escaping CounterWriter.Committed = { _ in },
        _ body: @Sendable (CounterWriter) async throws -> Result
    ) async throws -> Result {
        let pool = try await Self.makePool(conninfo ?? self.conninfo, name)
        var configuration = CommandWriterConfiguration()
        // So do those who wait for it.
        configuration.lockWaitMax = .seconds(300)
        configuration.unreachableMax = .seconds(300)
        change(&configuration)
        let writer = CounterWriter(
            pool: pool, handler: handler, configuration: configuration, metrics: metrics, logger: .silent,
            committed: committed)
        writer.start()
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(writer)) } catch { result = .failure(error) }
        await writer.stop()
        await pool.close()
        return try result.get()
    }

    /// Kills the server processes of the pool of that name; how many there were.
    @discardableResult
    func terminate(_ name: String) async throws -> Int {
        try await pool.query(
            "terminate",
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = \(name) AND datname = current_database()
            """
        ).count
    }

    /// Runs `body` while the head of the log is locked by someone else: batches wait for it.
    func holdingHead<Result: Sendable>(
        _ body: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        try await pool.transaction { connection in
            _ = try connection.query("hold", "SELECT position FROM log.head FOR UPDATE")
            return try await body()
        }
    }

    /// Waits until so many sessions of that pool wait for a lock.
    func waitUntilBlocked(_ name: String, _ count: Int = 1) async throws {
        try await eventually("\(count) of \(name) waiting for a lock") {
            try await pool.query(
                "blocked",
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE application_name = \(name) AND datname = current_database() AND wait_event_type = 'Lock'
                """
            ).only(Int.self) >= count
        }
    }

    /// Appends events that differ in every column: a hundred actors and categories, a stream and a correlation for every
    /// ten.
    func fill(_ count: Int) async throws {
        var left = count
        while left > 0 {
            let some = min(1_000, left)
            try await pool.transaction { connection in
                let head = try LogStatements.head(connection.query("lock", LogStatements.lockHead)).head
                var log = AppendBuffer(after: head, now: head.recordedAt + .seconds(1))
                for _ in 0..<some {
                    let position = log.head.position + 1
                    let (thousand, place) = ((position - 1) / 1_000, (position - 1) % 1_000)
                    var meta = EventMeta(actor: "actor-\(position % 100)", command: .stream(position))
                    meta.correlation = .stream(100_000 + position / 10)
                    log.append(
                        EventDraft(
                            stream: .stream(1_000_000 + thousand * 100 + place % 100), version: place / 100 + 1,
                            category: "category_\(place % 100)", type: "category_\(place % 100).added",
                            schemaVersion: 1, data: Array(#"{"amount": \#(position), "text": "ä\\n"}"#.utf8),
                            meta: meta.encoded()))
                }
                try connection.execute("fill", LogStatements.insert(log.events))
                try connection.execute("move", LogStatements.move(to: log.head))
            }
            left -= some
        }
    }

    /// Every event, from the first.
    func allEvents() async throws -> [Event] { try await reader.events(limit: 1_000_000) }
}

extension UUID {
    /// The n-th stream of a test.
    static func stream(_ number: Int) -> UUID { ScriptedIdentifiers.numbered(UInt64(number)) }
}

/// What came, in order, from any thread.
final class Journal<Entry: Sendable>: Sendable {
    private let written = Lock<[Entry]>([])

    func write(_ entries: some Sequence<Entry> & Sendable) { written.withLock { $0 += entries } }

    var entries: [Entry] { written.withLock { $0 } }
    var count: Int { written.withLock { $0.count } }
}
