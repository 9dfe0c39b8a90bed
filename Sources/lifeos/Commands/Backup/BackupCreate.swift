import Accounts
import Backup
import CLI
import Configuration
import Entities
import EventLog
import Service

extension Command {
    private static let full = Option(
        flag: "full", "Everything from the first event on. This is the default.")
    private static let incremental = Option(flag: "incremental", "Only what came after the newest backup.")
    private static let encrypts = Option(
        flag: "encrypt", "Fail if no key is set. With a key, every backup is encrypted anyway.")

    private static let anew = Option(
        flag: "blobs-anew",
        "Store every blob again, even if it is already there: use this after a verification found a damaged one.")

    static let backupCreate = Command(
        "backup create", "Back up the log and all blobs. The server keeps running.",
        details: """
            The log is verified while it is read; a damaged log is not backed up. A failed backup leaves nothing behind. This also \
            works while the database cannot be written to, as on a full disk.

            Settings say where backups go and how they are encrypted: `lifeos help settings`. Check backups with \
            `lifeos backup verify`.
            """,
        options: [full, incremental, encrypts, anew],
        examples: [
            "lifeos backup create": "A full backup.",
            "lifeos backup create --incremental": "What happened since the last one.",
        ]
    ) { run in
        guard !(run[incremental] && (run[full] || run[anew])) else {
            throw Failure(
                "--incremental and \(run[full] ? "--full" : "--blobs-anew") cannot be combined.", advice: "Choose one.",
                code: .usage,
                exitCode: .usage)
        }
        try await withBackups(run) { place in
            if run[encrypts], place.shelf.keyring.isEmpty {
                throw Failure(
                    "No encryption key is set.",
                    advice: """
                        Create one with: openssl rand -hex 32 > FILE; chmod 600 FILE; set LIFEOS_BACKUP_KEY_FILE to its path and keep \
                        a copy elsewhere. Or set LIFEOS_BACKUP_PASSPHRASE.
                        """, code: .usage, exitCode: .usage)
            }
            let progress = StepProgress("Backing up", unit: "events", on: run.output)
            defer { progress.end() }
            let manifest = try await Workbench.with(run, rescues: true) { bench in
                try await tellingOfBackups {
                    try await place.create(
                        run[incremental] ? .incremental : .full, of: bench.service,
                        Operation(bench.service, actor: Actor.commandLine.name), storesBlobsAnew: run[anew],
                        recording: bench.recording("The backup", on: run.output)
                    ) { progress.reach($0, of: $1) }
                }
            }
            progress.end()
            let encrypted = manifest.encryption == nil ? "" : ", encrypted"
            run.output.say(
                "Created \(manifest.id) in \(place.target): \(manifest.eventCount) events up to position "
                    + "\(manifest.head.position), \(manifest.blobCount) new blobs, \(manifest.storedBytes) bytes\(encrypted).",
                [
                    "id": .text("\(manifest.id)"), "kind": .text(manifest.kind.rawValue),
                    "target": .text("\(place.target)"), "position": .number(manifest.head.position),
                    "head": .text("\(StatedHead(manifest.head))"), "events": .number(manifest.eventCount),
                    "blobs": .number(manifest.blobCount), "size_bytes": .size(manifest.storedBytes),
                    "encrypted": .flag(manifest.encryption != nil),
                ])
        }
    }
}
