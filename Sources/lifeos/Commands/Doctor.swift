import CLI
import Catalogue
import Configuration
import EventLog
import Migrations
import Postgres
import PrivatePostgres
import System
import Telemetry

extension Command {
    static let doctor = Command.doctor(
        "doctor", "Looks for common faults and says what to do about each."
    ) { run in
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        return [
            Check("settings") {
                let given = settings.lines.count { $0.origin == .environment }
                return .ok("All \(settings.lines.count) are understood; \(given) come from the environment.")
            },
            Check("folders") {
                let folders = try Folders(settings)
                let count = try Migration.load(from: folders.migrations).count
                return .ok("\(count) migrations in \(folders.migrations); console in \(folders.dashboards).")
            },
            Check("catalogue") { try catalogue(settings) },
            Check("home") { home(settings) },
            Check("database") { try await database(settings) },
            Check("events") { try await events(settings) },
        ]
    }

    private static func catalogue(_ settings: Settings) throws -> Check.Finding {
        let folders = try Folders(settings)
        do throws(CatalogueProblems) {
            let types = try Catalogue.load(from: folders.events).types
            let count = types.count { !$0.isSystem }
            return .ok(
                "\(count) entity types and \(types.count - count) categories of the system in "
                    + "\(folders.events.joined(separator: ", ")).")
        } catch {
            let count = error.problems.count
            return .failed(
                "\(count == 1 ? "A problem" : "\(count) problems") in the catalogue: \(error)",
                advice: "Correct the files named here: the server does not start until they are right.")
        }
    }

    private static func home(_ settings: Settings) -> Check.Finding {
        let home = settings[LifeOSSettings.home]
        guard Files.isFolder(home) else { return .unknown("\(home) is not there yet; `lifeos serve` makes it.") }
        let probe = "\(home)/.doctor"
        do {
            try Files.replace(probe, with: [], mode: 0o600)
            try Files.remove(probe)
        } catch {
            return .failed(
                "\(home) cannot be written: \(error).",
                advice: "Give it to the user who runs Life-OS, or set LIFEOS_HOME.")
        }
        let token = "\(home)/admin-token"
        if let mode = Files.mode(of: token), mode & 0o077 != 0 {
            return .warning("\(token) can be read by others.", advice: "Run: chmod 600 \(token)")
        }
        guard let free = Files.freeBytes(at: home) else { return .ok("\(home) can be written.") }
        let mebibytes = free >> 20
        if mebibytes < diskFreeMebibytesMin {
            return .warning(
                "\(home) has only \(mebibytes) MiB of room left.",
                advice: "Make room: PostgreSQL stops when the disk is full.")
        }
        return .ok("\(home) can be written and has \(mebibytes >> 10) GiB of room.")
    }

    private static let diskFreeMebibytesMin: Int64 = 1024

    /// Events that stand where they do not belong, or whose category the catalogue does not know.
    private static func events(_ settings: Settings) async throws -> Check.Finding {
        let home = settings[LifeOSSettings.home]
        if settings[LifeOSSettings.databaseURL] == nil, !Files.isFolder("\(home)/postgres") {
            return .unknown("There is no log yet; `lifeos serve` makes it.")
        }
        let catalogue = try Catalogue.load(from: Folders(settings).events)
        let database = try await Database.open(settings, role: .attachOrStart, metrics: Metrics(), logger: .silent)
        do {
            let foreign = try await ForeignEvents.find(in: database.pool)
            let known = catalogue.types.map(\.name) + [Catalogue.receiptCategory]
            let unknown = try await database.pool.query(
                "unknown_categories",
                "SELECT DISTINCT category::text FROM log.streams WHERE category <> ALL(\(known)) ORDER BY 1"
            ).decode(String.self)
            await database.close()
            var problems: [String] = []
            if foreign.count > 0 {
                problems.append("\(foreign.count) events stand in streams of another category.")
            }
            if !unknown.isEmpty { problems.append("The catalogue does not know: \(unknown.joined(separator: ", ")).") }
            return problems.isEmpty
                ? .ok("Each stands in a stream of its category, and the catalogue knows all categories.")
                : .warning(
                    problems.joined(separator: " ") + " They are skipped.", advice: "Run: lifeos log repair-plan")
        } catch {
            await database.close()
            return .failed("\(error)", advice: "Run: lifeos migrate")
        }
    }

    private static func database(_ settings: Settings) async throws -> Check.Finding {
        let home = settings[LifeOSSettings.home]
        if settings[LifeOSSettings.databaseURL] == nil, !Files.isFolder("\(home)/postgres") {
            return .unknown("There is no database in \(home) yet; `lifeos serve` makes it.")
        }
        let database: Database
        do {
            database = try await Database.open(settings, role: .attachOrStart, metrics: Metrics(), logger: .silent)
        } catch {
            return .failed(
                "\(error)", advice: "Is DATABASE_URL right? Look into \(home)/postgres.log for a private PostgreSQL.")
        }
        let finding: Check.Finding
        do {
            let version = try await database.pool.withConnection { connection in connection.serverVersion }
            let folders = try Folders(settings)
            let pending = try await Migrator(Migration.load(from: folders.migrations), logger: .silent)
                .pending(in: database.pool)
            finding =
                pending.isEmpty
                ? .ok("PostgreSQL \(version / 10_000).\(version % 10_000) answers and its schema is up to date.")
                : .warning("\(pending.count) migrations have not run.", advice: "Run: lifeos migrate")
        } catch let error as MigrationError {
            finding = .failed("\(error)", advice: "Start the version of Life-OS that this database was last used with.")
        } catch {
            finding = .failed("\(error)", advice: "Check that PostgreSQL runs and that DATABASE_URL leads to it.")
        }
        await database.close()
        return finding
    }
}
