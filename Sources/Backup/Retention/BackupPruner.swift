import Cryptography
public import System

/// Removes the backups that are no longer wanted, what was never finished, and blobs that no backup names.
public struct BackupPruner: Sendable {
    private let shelf: BackupShelf
    private let retention: Retention
    private let clock: any WallClock

    public init(_ shelf: BackupShelf, retention: Retention = .init(), clock: any WallClock = SystemWallClock()) {
        self.shelf = shelf
        self.retention = retention
        self.clock = clock
    }

    /// What goes, or went.
    public struct Outcome: Sendable, Equatable {
        public internal(set) var backups: [BackupID] = []
        /// Without a manifest.
        public internal(set) var unfinished: [BackupID] = []
        /// Objects of blobs.
        public internal(set) var blobParts = 0
        /// Of all that.
        public internal(set) var bytes = 0
        public internal(set) var kept: [BackupID] = []
        /// Why blobs were left alone, as a sentence; nil where they were not.
        public internal(set) var blobsLeftBecause: String?
    }

    /// - Parameter isDryRun: only says what would go.
    public func prune(isDryRun: Bool = false) async throws -> Outcome {
        var outcome = Outcome()
        let entries = try await shelf.entries()
        var manifests: [Manifest] = []
        var unfinished: [BackupID] = []
        var damaged: [BackupID] = []
        for entry in entries {
            switch entry {
            case .backup(let manifest): manifests.append(manifest)
            case .unfinished(let id): unfinished.append(id)
            // Someone may still have another copy of its manifest.
            case .damaged(let id, _): damaged.append(id)
            }
        }
        outcome.backups = retention.removals(
            of: manifests.map { .init(id: $0.id, parent: $0.parent, log: $0.log) }, now: clock.now())
        outcome.unfinished = retention.abandoned(unfinished, now: clock.now())
        let doomed = Set(outcome.backups)
        let kept = manifests.filter { !doomed.contains($0.id) }
        outcome.kept = kept.map(\.id)
        // Before anything is removed: where the key is missing, nothing is.
        var blobs: [StoredObject] = []
        if let damaged = damaged.first {
            outcome.blobsLeftBecause =
                "The manifest of \(damaged) cannot be read, so nobody knows which blobs it needs."
        } else if let running = unfinished.first(where: { !outcome.unfinished.contains($0) }) {
            outcome.blobsLeftBecause = "\(running) is being made and may need blobs that are there."
        } else {
            blobs = try await unneededBlobs(kept)
        }
        for id in outcome.backups + outcome.unfinished {
            outcome.bytes += try await remove(id, isDryRun: isDryRun)
        }
        // Meanwhile somebody may have begun a backup, or finished one.
        if !isDryRun, !blobs.isEmpty {
            let now = try await shelf.entries().map(\.id)
            if !Set(now).isSubset(of: entries.map(\.id)) {
                outcome.blobsLeftBecause = "Another backup was begun meanwhile and may need blobs that are there."
                blobs = []
            }
        }
        for blob in blobs {
            if !isDryRun { try await shelf.store.delete(blob.name) }
            outcome.blobParts += 1
            outcome.bytes += blob.bytes
        }
        return outcome
    }

    private func remove(_ id: BackupID, isDryRun: Bool) async throws -> Int {
        let objects = try await shelf.store.list(id.folder)
        if !isDryRun {
            // Without it there is no backup any more, even if this is cut short. The mark says that this is no damage.
            try await shelf.store.put(id.folder + Manifest.markName, [])
            try await shelf.store.delete(id.folder + Manifest.fileName)
            for object in objects where object.name != id.folder + Manifest.markName {
                try await shelf.store.delete(object.name)
            }
            try await shelf.store.delete(id.folder + Manifest.markName)
        }
        return objects.reduce(0) { $0 + $1.bytes }
    }

    private func unneededBlobs(_ kept: [Manifest]) async throws -> [StoredObject] {
        let stored = try await shelf.store.list(Blob.folder)
        if stored.isEmpty { return [] }
        var needed: Set<SHA256Digest> = []
        for manifest in kept where !manifest.blobIndexes.isEmpty {
            let key = try await shelf.keyring.key(opening: manifest.encryption)
            for blob in try await BlobIndexReader(store: shelf.store).blobs(of: manifest, key) {
                needed.insert(try blob.storedName(key))
            }
        }
        // What is no part is the draft of one, left by a crash.
        return stored.filter { part in Blob.storedName(ofPart: part.name).map { !needed.contains($0) } ?? true }
    }
}
