import Backup
import CLI
import Configuration
import Service

extension Command {
    private static let isDryRun = Option(flag: "dry-run", "Show what would be removed, and change nothing.")

    static let backupPrune = Command(
        "backup prune", "Delete old backups and the data that only they need.",
        details: """
            Keeps the 30 newest full backups, incremental ones of the last 7 days, the newest backup, the one with the highest \
            position, and everything these depend on. Unfinished backups are deleted after a day without activity, and so are \
            blobs that no kept backup refers to. Backups may be created at the same time.
            """,
        options: [isDryRun],
        examples: ["lifeos backup prune --dry-run": "Show what would be deleted."]
    ) { run in
        try await withBackups(run) { place in
            let outcome = try await BackupPruner(place.shelf).prune(isDryRun: run[isDryRun])
            for id in outcome.backups { run.output.note("\(run[isDryRun] ? "Would delete" : "Deleted") \(id)") }
            for id in outcome.unfinished {
                run.output.note("\(run[isDryRun] ? "Would delete" : "Deleted") \(id), which was never finished")
            }
            if let reason = outcome.blobsLeftBecause { run.output.warn("Blobs are not deleted. \(reason)") }
            run.output.say(
                "\(run[isDryRun] ? "Would delete" : "Deleted") \(outcome.backups.count) backups, "
                    + "\(outcome.unfinished.count) unfinished backups and \(outcome.blobParts) blob objects, "
                    + "\(outcome.bytes) bytes. \(outcome.kept.count) backups are kept.",
                [
                    "dry_run": .flag(run[isDryRun]),
                    "removed": .text(outcome.backups.map(\.description).joined(separator: " ")),
                    "unfinished": .text(outcome.unfinished.map(\.description).joined(separator: " ")),
                    "blob_objects": .number(outcome.blobParts), "size_bytes": .size(outcome.bytes),
                    "kept": .text(outcome.kept.map(\.description).joined(separator: " ")),
                ])
        }
    }
}
