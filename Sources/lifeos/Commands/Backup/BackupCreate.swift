import Accounts
import Backup
import CLI
import Configuration
import Entities
import EventLog
import Service

extension Command {
    private static let full = Option(
        flag: "full", "Everything from the first event on; so it is unless said otherwise.")
    private static let incremental = Option(flag: "incremental", "Only what came after the newest backup.")
    private static let encrypts = Option(
        flag: "encrypt", "Refuses to make a backup without a key. Where a key is set, every backup is encrypted.")

    private static let anew = Option(
        flag: "blobs-anew", "Stores every blob again, also where it is there: after a verification found one damaged.")

    static let backupCreate = Command(
        "backup create", "Copies the log and all blobs to where backups are, while everybody goes on working.",
        details: """
            The log is checked while it is read: of a broken one no backup is made. What fails leaves no backup. It also works \
            where nothing can be written to the database, as on a full disk.

            Where backups go, and what they are encrypted with, is in the settings: `lifeos help settings`. Try them with \
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
                "--incremental excludes \(run[full] ? "--full" : "--blobs-anew").", advice: "Choose one.", code: .usage,
                exitCode: .usage)
        }
        try await withBackups(run) { place in
            if run[encrypts], place.shelf.keyring.isEmpty {
                throw Failure(
                    "There is no key to encrypt with.",
                    advice: """
                        Make one with: openssl rand -hex 32 > FILE; chmod 600 FILE; set LIFEOS_BACKUP_KEY_FILE to it and keep \
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
                "Made \(manifest.id) in \(place.target): \(manifest.eventCount) events up to position "
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
