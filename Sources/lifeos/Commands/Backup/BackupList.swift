import Backup
import CLI
import EventLog
import Service

extension Command {
    static let backupList = Command(
        "backup list", "List the backups, the oldest first.",
        details: "Needs neither the database nor the encryption key."
    ) { run in
        try await withBackups(run) { place in
            let entries = try await place.shelf.entries()
            run.output.table(
                [
                    "id", "status", Column("created_at", title: "Made at"), Column("from", isDetail: true), "to",
                    Column("events", isDetail: true), Column("size_bytes", title: "Size"),
                    Column("blobs", isDetail: true), Column("encrypted", isDetail: true),
                    Column("parent", isDetail: true),
                ], entries.map(row), empty: "There are no backups in \(place.target) yet.")
            for case .damaged(_, let error) in entries { run.output.warn("\(error)") }
        }
    }

    private static func row(_ entry: BackupShelf.Entry) -> [Cell] {
        switch entry {
        case .backup(let manifest):
            [
                .identifier("\(manifest.id)"), .status(.ok), .time(manifest.createdAt),
                .number(manifest.after.position + 1), .number(manifest.head.position), .number(manifest.eventCount),
                .size(manifest.storedBytes), .number(manifest.blobCount), .flag(manifest.encryption != nil),
                Cell(identifier: manifest.parent?.description),
            ]
        case .damaged(let id, _): row(id, .failed)
        case .unfinished(let id): row(id, .unknown)
        }
    }

    private static func row(_ id: BackupID, _ status: Cell.Status) -> [Cell] {
        [
            .identifier("\(id)"), .status(status), .time(id.createdAt), .nothing, .number(id.position), .nothing,
            .nothing,
            .nothing, .nothing, .nothing,
        ]
    }
}
