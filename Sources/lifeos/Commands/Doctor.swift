import CLI
import Catalogue
import Configuration
import Migrations
import Postgres
import Service
import System

extension Command {
    static let doctor = Command.doctor(
        "doctor", "Check for common problems and suggest a fix for each."
    ) { run in
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let database = DoctorsDatabase(settings)
        return [
            Check("settings") { Self.settings(settings) },
            Check("folders") {
                let folders = try Folders(settings)
                let count = try Migration.load(from: folders.migrations).count
                return .ok("\(count) migrations in \(folders.migrations); console in \(folders.dashboards).")
            },
            Check("catalogue") { try catalogue(settings) },
            Check("home") { try home(settings) },
            Check("TLS") { tls(settings) },
            Check("database") { try await database.schema() },
            Check("log") { try await database.log() },
            Check("events") { try await database.events() },
        ]
    }

    private static func settings(_ settings: Settings) -> Check.Finding {
        let given = settings.lines.count { $0.origin == .environment }
        let message = "All \(settings.lines.count) are valid; from the environment: \(given)."
        let ignored = LibpqEnvironment.removed
        guard !ignored.isEmpty else { return .ok(message) }
        return .warning(
            "\(message) Ignored: \(ignored.joined(separator: ", ")).",
            advice: "Unset them, and put what your own PostgreSQL needs into DATABASE_URL.")
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
                advice: "Fix these files: the server does not start until they are valid.")
        }
    }

    private static func home(_ settings: Settings) throws -> Check.Finding {
        let home = try settings.home()
        guard Files.isFolder(home) else { return .unknown("\(home) does not exist yet; `lifeos serve` creates it.") }
        let probe = "\(home)/.doctor"
        do {
            try Files.replace(probe, with: [], mode: 0o600)
            try Files.remove(probe)
        } catch {
            return .failed(
                "\(home) is not writable: \(error).",
                advice: "Make it writable for the user who runs Life-OS, or set LIFEOS_HOME.")
        }
        let token = "\(home)/admin-token"
        if let mode = Files.mode(of: token), mode & 0o077 != 0 {
            return .warning("\(token) can be read by other users.", advice: "Run: chmod 600 \(token)")
        }
        guard let free = Files.freeBytes(at: home) else { return .ok("\(home) is writable.") }
        let mebibytes = free >> 20
        if mebibytes < diskFreeMebibytesMin {
            return .warning(
                "\(home) has only \(mebibytes) MiB of free space.",
                advice: "Free some space: PostgreSQL stops when the disk is full.")
        }
        return .ok("\(home) is writable and has \(mebibytes >> 10) GiB of free space.")
    }

    private static func tls(_ settings: Settings) -> Check.Finding {
        do {
            return try TLSFiles.load(settings) == nil
                ? .ok("LIFEOS_TLS_CERTIFICATE is not set, so the server uses plain HTTP.")
                : .ok("The certificate and its key can be read, the key by no other user.")
        } catch let failure as Failure {
            return .failed(failure.message, advice: failure.advice ?? "Correct the settings.")
        } catch {
            return .failed(
                "\(error)", advice: "Set LIFEOS_TLS_CERTIFICATE and LIFEOS_TLS_KEY to files that Life-OS can read.")
        }
    }

    private static let diskFreeMebibytesMin: Int64 = 1024
}
