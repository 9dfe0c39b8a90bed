import CLI
import Catalogue
import Configuration
import EventLog
import Migrations
import Postgres
import PrivatePostgres
import Service
import System
import Telemetry

/// What the doctor asks of the database. Checks run at the same time: it is opened for the first and closed behind the last.
actor DoctorsDatabase {
    private let settings: Settings
    private var opening: Task<Database, any Error>?
    private var users = 0

    init(_ settings: Settings) { self.settings = settings }

    func schema() async throws -> Check.Finding {
        try await use { pool in
            do {
                let version = try await pool.withConnection { connection in connection.serverVersion }
                let folders = try Folders(settings)
                let pending = try await Migrator(Migration.load(from: folders.migrations), logger: .silent)
                    .pending(in: pool)
                return pending.isEmpty
                    ? .ok("PostgreSQL \(version / 10_000).\(version % 10_000) is up and its schema is current.")
                    : .warning("\(pending.count) migrations have not run.", advice: "Run: lifeos migrate")
            } catch let error as MigrationError {
                return .failed(
                    "\(error)", advice: "Start the version of Life-OS that this database was last used with.")
            } catch {
                return .failed("\(error)", advice: "Check that PostgreSQL runs and that DATABASE_URL is right.")
            }
        }
    }

    /// Whether events can be appended.
    func log() async throws -> Check.Finding {
        try await use { pool in
            do {
                let condition = LogCondition(
                    try await LogEnd.read(from: pool), here: SystemWallClock().now(),
                    tolerance: settings[LifeOSSettings.clockTolerance])
                return switch condition.state {
                case .sound: .ok(condition.sentence)
                case .odd: .warning(condition.sentence, advice: condition.advice)
                case .unusable: .failed(condition.sentence, advice: condition.advice)
                }
            } catch let error as PostgresError where error.code == .undefinedTable {
                return .unknown("There is no log in this database yet; `lifeos serve` creates it.")
            }
        }
    }

    /// Events that stand where they do not belong, or whose category the catalogue does not know.
    func events() async throws -> Check.Finding {
        try await use { pool in
            let catalogue = try Catalogue.load(from: Folders(settings).events)
            do {
                let foreign = try await ForeignEvents.find(in: pool)
                let known = catalogue.types.map(\.name) + [Catalogue.receiptCategory]
                let unknown = try await pool.query(
                    "unknown_categories",
                    "SELECT DISTINCT category::text FROM log.streams WHERE category <> ALL(\(known)) ORDER BY 1"
                ).decode(String.self)
                var problems: [String] = []
                if foreign.count > 0 {
                    problems.append("\(foreign.count) events are in streams of another category.")
                }
                if !unknown.isEmpty {
                    problems.append("The catalogue does not know: \(unknown.joined(separator: ", ")).")
                }
                return problems.isEmpty
                    ? .ok("Every event is in a stream of its category, and the catalogue knows all categories.")
                    : .warning(
                        problems.joined(separator: " ") + " They are skipped.", advice: "Run: lifeos log repair-plan")
            } catch let error as PostgresError where error.code == .undefinedTable {
                return .unknown("There is no log in this database yet; `lifeos serve` creates it.")
            }
        }
    }

    private func use(_ check: (PostgresPool) async throws -> Check.Finding) async throws -> Check.Finding {
        let home = settings[LifeOSSettings.home]
        if settings[LifeOSSettings.databaseURL] == nil, !Files.isFolder("\(home)/postgres") {
            return .unknown("There is no database in \(home) yet; `lifeos serve` creates it.")
        }
        users += 1
        let opening =
            opening
            ?? Task { [settings] in
                try await Database.open(settings, role: .attachOrStart, metrics: Metrics(), logger: .silent)
            }
        self.opening = opening
        let database: Database
        do { database = try await opening.value } catch {
            users -= 1
            return .failed(
                "\(error)", advice: "Check DATABASE_URL, or \(home)/postgres.log for the private PostgreSQL.")
        }
        let finding: Result<Check.Finding, any Error>
        do { finding = .success(try await check(database.pool)) } catch { finding = .failure(error) }
        users -= 1
        if users == 0 {
            self.opening = nil
            await database.close()
        }
        return try finding.get()
    }
}
