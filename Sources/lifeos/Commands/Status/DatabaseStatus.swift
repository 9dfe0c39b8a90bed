import Backup
import CLI
import Configuration
import Entities
import EventLog
import JSON
import Migrations
import Postgres
import PrivatePostgres
import Projections
import Recovery
import Service
import System
import Telemetry

/// What the database says of an installation. Nothing is started for it and nothing is changed.
struct DatabaseStatus: Sendable {
    enum State: Sendable {
        case up(Facts)
        /// Our own is not running, which is right while no server runs.
        case down
        /// There is none yet.
        case missing
        case failed(String)
    }

    struct Facts: Sendable {
        var version = ""
        var head: LogHead?
        var pendingMigrations = 0
        var staleProjections: [String] = []
        var backups: RecordedBackups?
        var operations: [Operation] = []
    }

    struct Operation: Sendable {
        let title: String
        let done: Int?
        let total: Int?
    }

    /// Whether DATABASE_URL names it; otherwise it is our own.
    let isGiven: Bool
    let state: State
    /// What our own takes on the disk.
    var bytes: Int?

    static func look(_ settings: Settings) async -> DatabaseStatus {
        if let url = settings[LifeOSSettings.databaseURL] {
            return DatabaseStatus(isGiven: true, state: await ask(url.revealed(), settings))
        }
        let home = settings[LifeOSSettings.home]
        guard Files.isFolder("\(home)/postgres") else { return DatabaseStatus(isGiven: false, state: .missing) }
        var configuration = PrivatePostgres.Configuration(home: home)
        configuration.account = settings[LifeOSSettings.postgresUser]
        let inspection = await PrivatePostgres.inspect(configuration)
        let state: State =
            if let conninfo = inspection.conninfo {
                await ask(conninfo, settings)
            } else if let problem = inspection.problem {
                .failed("\(problem)")
            } else {
                .down
            }
        return DatabaseStatus(isGiven: false, state: state, bytes: inspection.dataBytes)
    }

    private static let patience: Duration = .seconds(3)

    private static func ask(_ conninfo: String, _ settings: Settings) async -> State {
        do {
            var configuration = PoolConfiguration(connection: conninfo)
            configuration.connectionsMax = 1
            configuration.acquireTimeout = patience
            let pool = try await PostgresPool(configuration: configuration, metrics: Metrics(), logger: .silent)
            let facts: Result<Facts, any Error>
            do { facts = .success(try await read(pool, settings)) } catch { facts = .failure(error) }
            await pool.close()
            return .up(try facts.get())
        } catch {
            return .failed("\(error)")
        }
    }

    private static func read(_ pool: PostgresPool, _ settings: Settings) async throws -> Facts {
        var facts = Facts()
        let version = try await pool.withConnection { $0.serverVersion }
        facts.version = "\(version / 10_000).\(version % 10_000)"
        let blueprint = try Blueprint(Folders(settings))
        facts.pendingMigrations = try await Migrator(blueprint.migrations, logger: .silent).pending(in: pool).count
        // Tables that a migration still has to make cannot be asked.
        guard facts.pendingMigrations == 0 else {
            facts.head = try? await LogEnd.read(from: pool).head
            return facts
        }
        facts.head = try await LogEnd.read(from: pool).head
        facts.staleProjections = try await blueprint.set.staleNames(in: pool)
        guard facts.staleProjections.isEmpty else { return facts }
        facts.backups = try await RecordedBackups.read(from: pool)
        facts.operations = try await pool.query(
            "status_operations",
            """
            SELECT document->'data'->>'title', (document->'data'->>'done')::bigint, (document->'data'->>'total')::bigint
            FROM live.entities WHERE type = 'operation' AND fields->>'status' = 'running' ORDER BY created_position
            """
        ).decode(String.self, Int64?.self, Int64?.self).map {
            Operation(title: $0, done: $1.map(Int.init), total: $2.map(Int.init))
        }
        return facts
    }
}

extension DatabaseStatus {
    var facts: Facts? { if case .up(let facts) = state { facts } else { nil } }

    private var isMissing: Bool { if case .missing = state { true } else { false } }

    var isTroubled: Bool { if case .failed = state { true } else { false } }

    var sentence: String {
        let whose = isGiven ? "PostgreSQL of DATABASE_URL" : "private PostgreSQL"
        return switch state {
        case .up(let facts): "\(whose), version \(facts.version), up"
        case .down: "\(whose), stopped"
        case .missing: "none yet"
        case .failed(let reason): "\(whose), cannot be used: \(reason)"
        }
    }

    var logSentence: String {
        guard let facts else { return isMissing ? "none yet" : "not known while the database is not up" }
        guard let head = facts.head else { return "none yet" }
        return head.position == 0
            ? "empty" : "position \(head.position), last event recorded at \(head.recordedAt.seconds)"
    }

    var tablesSentence: String {
        guard let facts else { return isMissing ? "none yet" : "not known while the database is not up" }
        if facts.pendingMigrations > 0 {
            return "\(facts.pendingMigrations) migrations have not run; `lifeos migrate` or the next start runs them"
        }
        if !facts.staleProjections.isEmpty {
            return "to be rebuilt by the next start: \(facts.staleProjections.joined(separator: ", "))"
        }
        return "up to date"
    }

    var operationsSentence: String {
        guard let facts else { return isMissing ? "none yet" : "not known while the database is not up" }
        if facts.operations.isEmpty { return "none running" }
        return facts.operations.map { operation in
            switch (operation.done, operation.total) {
            case (let done?, let total?): "\(operation.title) (\(done) of \(total))"
            case (let done?, nil): "\(operation.title) (\(done))"
            default: operation.title
            }
        }.joined(separator: "; ")
    }

    var json: JSONValue {
        var object: JSONObject = ["kind": isGiven ? "given" : "private"]
        if let bytes { object["bytes"] = .integer(bytes) }
        switch state {
        case .up(let facts):
            object["state"] = "up"
            object["version"] = .string(facts.version)
            object["pending_migrations"] = .integer(facts.pendingMigrations)
            object["stale_projections"] = .array(facts.staleProjections.map { .string($0) })
        case .down: object["state"] = "stopped"
        case .missing: object["state"] = "missing"
        case .failed(let reason):
            object["state"] = "failed"
            object["problem"] = .string(reason)
        }
        return .object(object)
    }
}
