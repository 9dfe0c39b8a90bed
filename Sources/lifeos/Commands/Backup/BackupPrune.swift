import Backup
import CLI
import Configuration
import Service

extension Command {
    private static let isDryRun = Option(flag: "dry-run", "Only says what would go.")

    static let backupPrune = Command(
        "backup prune", "Removes backups that are older than anyone wants, and what nobody needs any more.",
        details: """
            Kept are the 30 newest full backups, the incremental ones of the last 7 days, the newest and the one that reaches \
            furthest, and whatever these need. What was begun and never finished goes after a day without a sign of life, and so \
            do blobs that no kept backup names. Backups may be made meanwhile.
            """,
        options: [isDryRun],
        examples: ["lifeos backup prune --dry-run": "What would go."]
    ) { run in
        try await withBackups(run) { place in
            let outcome = try await BackupPruner(place.shelf).prune(isDryRun: run[isDryRun])
            for id in outcome.backups { run.output.note("\(run[isDryRun] ? "Would remove" : "Removed") \(id)") }
            for id in outcome.unfinished {
                run.output.note("\(run[isDryRun] ? "Would remove" : "Removed") \(id), which was never finished")
            }
            if let reason = outcome.blobsLeftBecause { run.output.warn("Blobs are left as they are. \(reason)") }
            run.output.say(
                "\(run[isDryRun] ? "Would remove" : "Removed") \(outcome.backups.count) backups, "
                    + "\(outcome.unfinished.count) unfinished ones and \(outcome.blobParts) objects of blobs, "
                    + "\(outcome.bytes) bytes; \(outcome.kept.count) backups are kept.",
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
