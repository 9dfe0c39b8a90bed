import Backup
import CLI
import Configuration
import PrivatePostgres
import Service
import System
import Telemetry

extension Command {
    /// Runs a command that needs the backups but no database.
    ///
    /// - Parameters:
    ///   - from: where they are, rather than where the settings say.
    ///   - makesHome: whether what runs makes a missing home. Default not.
    static func withBackups(
        _ run: Invocation, from: String? = nil, makesHome: Bool = false, _ body: (BackupPlace) async throws -> Void
    ) async throws {
        try await tellingOfBackups {
            let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
            let instruments = try Instruments(settings, for: run)
            defer { instruments.logger.flush() }
            // Without a word about it, backups are in the home, and the home is made by whoever has no other database.
            let isInHome = from == nil && settings[BackupSettings.target] == nil
            if isInHome, !makesHome, settings[LifeOSSettings.databaseURL] == nil {
                let home = try settings.home()
                guard Files.isFolder(home) else { throw PrivatePostgresError.homeMissing(home) }
            }
            let from = from.map { $0.hasPrefix("/") || $0.hasPrefix("s3:") ? $0 : "\(run.folder)/\($0)" }
            try await body(
                BackupPlace(settings, from: from, metrics: instruments.metrics, logger: instruments.logger))
        }
    }

    /// Turns a backup error into a failure of the command.
    static func tellingOfBackups<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as BackupError {
            let isSetting = error.code == .setting
            throw Failure(
                error.message, advice: error.advice, code: isSetting ? .configuration : .failed,
                exitCode: isSetting ? .usage : .failed)
        }
    }

    /// The name of a backup, as a command takes it.
    static let backupName = Kind(form: "a backup such as 20261121T123000Z-full-374", placeholder: "id") {
        text, _ throws(Malformed) in
        guard let id = BackupID(text) else { throw Malformed(hint: "`lifeos backup list` shows their ids.") }
        return id
    }
}
