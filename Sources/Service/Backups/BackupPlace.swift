package import Backup
import CLI
package import Configuration
package import Entities
import EventLog
import HTTPClient
import JSON
import System
package import Telemetry

/// Where the settings say that backups are, and what they say opens them.
package struct BackupPlace {
    package let shelf: BackupShelf
    package let target: BackupTarget
    /// The folder that blobs are in.
    package let blobs: String

    /// - Parameter from: where backups are, rather than where the settings say.
    package init(_ settings: Settings, from: String? = nil, metrics: Metrics, logger: Logger) throws {
        let home = try settings.home()
        target = try BackupTarget(from ?? settings[BackupSettings.target] ?? "\(home)/backups")
        blobs = "\(home)/blobs"
        shelf = BackupShelf(
            try Self.store(target, settings, metrics: metrics, logger: logger), Keyring(try Self.secret(settings)))
    }

    private static func store(
        _ target: BackupTarget, _ settings: Settings, metrics: Metrics, logger: Logger
    ) throws -> any BackupStore {
        switch target {
        case .folder(let path): return FolderStore(path)
        case .bucket(let bucket, let prefix):
            guard let id = settings[BackupSettings.accessKey], let secret = settings[BackupSettings.secretKey] else {
                throw BackupError(
                    .setting, "The bucket \(target) needs access keys.",
                    advice: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
            }
            var configuration = S3Store.Configuration(
                endpoint: settings[BackupSettings.endpoint], region: settings[BackupSettings.region], bucket: bucket,
                prefix: prefix, accessKeyID: id, secretAccessKey: secret.revealed())
            configuration.sessionToken = settings[BackupSettings.sessionToken]?.revealed()
            return try S3Store(configuration, client: HTTPClient(metrics: metrics, logger: logger), logger: logger)
        }
    }

    private static func secret(_ settings: Settings) throws -> BackupSecret? {
        switch (settings[BackupSettings.keyFile], settings[BackupSettings.passphrase]) {
        case (nil, nil): return nil
        case (let path?, nil):
            do {
                return try BackupSecret.keyFile(Files.readText(path, limit: 4_096))
            } catch let error as SystemError {
                throw BackupError(
                    .setting, "The key file cannot be read: \(error).", advice: "Correct LIFEOS_BACKUP_KEY_FILE.")
            }
        case (nil, let words?): return .passphrase(words.revealed())
        case (_?, _?):
            throw BackupError(
                .setting, "LIFEOS_BACKUP_KEY_FILE and LIFEOS_BACKUP_PASSPHRASE are both set.",
                advice: "Keep the one that the backups were encrypted with.")
        }
    }

    /// Makes a backup and keeps record of it in the log.
    ///
    /// - Parameter recording: whether there is one where it cannot be recorded. Default not.
    package func create(
        _ kind: BackupKind, of service: EntityService, _ operation: Operation, storesBlobsAnew: Bool = false,
        recording: Operation.Recording = .required, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) async throws -> Manifest {
        let creator = BackupCreator(pool: service.pool, shelf: shelf, blobs: blobs, storesBlobsAnew: storesBlobsAnew)
        // Before the operation begins: what is restored has no operation in it that never ends.
        let head = try await creator.head()
        let brief = Operation.Brief(
            "backup", kind == .full ? "Full backup" : "Incremental backup",
            parameters: [
                "kind": .string(kind.rawValue), "target": .string("\(target)"), "position": .integer(head.position),
            ], exclusion: "backup")
        return try await operation.run(
            brief,
            telling: { manifest in
                [
                    "id": .string("\(manifest.id)"), "kind": .string(kind.rawValue),
                    "position": .integer(head.position), "bytes": .integer(manifest.storedBytes),
                ]
            }, recording: recording
        ) { _ in try await creator.create(kind, upTo: head, progress: progress) }
    }
}
