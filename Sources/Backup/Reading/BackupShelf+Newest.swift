import System

extension BackupShelf {
    /// The backup that was made last. Names come in the order in which backups were made: see ``nextID(_:at:now:)``.
    ///
    /// - Throws: where that one is damaged.
    func newest() async throws -> Manifest {
        let entries = try await entries()
        let last = entries.last { entry in
            if case .unfinished = entry { false } else { true }
        }
        switch last {
        case .backup(let manifest): return Self.end(from: manifest, entries)
        case .damaged(let id, let error):
            throw BackupError(
                .damaged, "The newest backup, \(id), cannot be used. \(error.message)",
                advice:
                    "Restore its manifest from another copy, or name an older backup: `lifeos backup list` shows them."
            )
        case .unfinished, nil:
            throw BackupError(
                .notFound, "There are no backups in \(store).",
                advice: "Check LIFEOS_BACKUP_TARGET, or create one: lifeos backup create --full")
        }
    }

    /// Follows what continues a backup. Earlier versions named backups by the clock alone, so that after it was set back, a
    /// name can come before that of what it continues.
    private static func end(from manifest: Manifest, _ entries: [Entry]) -> Manifest {
        var end = manifest
        // No more often than there are any: a forged chain may be a circle.
        for _ in entries {
            let next = entries.last { entry in
                if case .backup(let other) = entry { other.parent == end.id } else { false }
            }
            guard case .backup(let following) = next else { break }
            end = following
        }
        return end
    }

    /// A name for a new backup, later than all that are there: so names tell the order in which backups were made, however
    /// the clock is set. The manifest has the time that it was.
    func nextID(_ kind: BackupKind, at position: Int, now: Timestamp) async throws -> BackupID {
        let ids = try await store.folders(BackupID.folders).compactMap { BackupID($0) }
        guard let last = ids.max(), last.createdAt >= BackupID(createdAt: now, kind: kind, position: 0).createdAt else {
            return BackupID(createdAt: now, kind: kind, position: position)
        }
        return BackupID(createdAt: last.createdAt + .seconds(1), kind: kind, position: position)
    }
}
