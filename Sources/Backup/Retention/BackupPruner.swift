import Cryptography
public import System

/// Removes the backups that are no longer wanted, what was never finished, and blobs that no backup names.
public struct BackupPruner: Sendable {
    private let shelf: BackupShelf
    private let retention: Retention
    private let clock: any WallClock
    private let ticks: any Clock<Duration>
    private let identifiers: any IdentifierSource

    /// - Parameters:
    ///   - clock: what time it is: tells how old backups are.
    ///   - ticks: for waiting.
    public init(
        _ shelf: BackupShelf, retention: Retention = .init(), clock: any WallClock = SystemWallClock(),
        ticks: any Clock<Duration> = ContinuousClock(), identifiers: any IdentifierSource = TimeOrderedIdentifiers()
    ) {
        self.shelf = shelf
        self.retention = retention
        self.clock = clock
        self.ticks = ticks
        self.identifiers = identifiers
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

    /// Backups may be made meanwhile: see ``PruneMark``.
    ///
    /// - Parameter isDryRun: only says what would go.
    public func prune(isDryRun: Bool = false) async throws -> Outcome {
        if isDryRun {
            let (outcome, manifests) = try await plan()
            return try await finish(outcome, manifests, keeping: nil)
        }
        return try await PruneMark.hold(in: shelf.store, identifiers.next(), ticks) { mark in
            let first = try await plan().outcome
            try await mark.announce(first.backups + first.unfinished)
            // Meanwhile somebody may have finished a backup, which may need what was to go.
            var (second, manifests) = try await plan()
            second.backups = second.backups.filter { first.backups.contains($0) }
            second.unfinished = second.unfinished.filter { first.unfinished.contains($0) }
            return try await finish(second, manifests, keeping: mark)
        }
    }

    /// What would go of the backups that there are now.
    private func plan() async throws -> (outcome: Outcome, manifests: [Manifest]) {
        var outcome = Outcome()
        var manifests: [Manifest] = []
        var unfinished: [(id: BackupID, aliveAt: Timestamp)] = []
        for entry in try await shelf.entries() {
            switch entry {
            case .backup(let manifest): manifests.append(manifest)
            case .unfinished(let id): unfinished.append((id, try await lastSign(of: id)))
            // Someone may still have another copy of its manifest.
            case .damaged(let id, _):
                outcome.blobsLeftBecause =
                    outcome.blobsLeftBecause
                    ?? "The manifest of \(id) cannot be read, so it is not known which blobs it needs."
            }
        }
        outcome.backups = retention.removals(of: manifests.map { .init($0) }, now: clock.now())
        outcome.unfinished = retention.abandoned(unfinished, now: clock.now())
        if outcome.blobsLeftBecause == nil,
            let running = unfinished.map(\.id).first(where: { !outcome.unfinished.contains($0) })
        {
            outcome.blobsLeftBecause = "\(running) is being made and may need blobs that are there."
        }
        return (outcome, manifests)
    }

    /// When the maker of an unfinished backup last showed that it is at work.
    private func lastSign(of id: BackupID) async throws -> Timestamp {
        do {
            let text = try await shelf.store.get(id.folder + Manifest.aliveName)
            return Timestamp(String(decoding: text, as: UTF8.self)) ?? id.createdAt
        } catch let error as BackupError where error.code == .notFound {
            return id.createdAt
        }
    }

    /// Removes what is planned, and says what that is.
    ///
    /// - Parameter mark: nil for only saying it.
    private func finish(_ plan: Outcome, _ manifests: [Manifest], keeping mark: PruneMark?) async throws -> Outcome {
        var outcome = plan
        let doomed = Set(plan.backups)
        let kept = manifests.filter { !doomed.contains($0.id) }
        outcome.kept = kept.map(\.id)
        // Before anything is removed: where the key is missing, nothing is.
        let blobs = plan.blobsLeftBecause == nil ? try await unneededBlobs(kept) : []
        for id in outcome.backups + outcome.unfinished { outcome.bytes += try await remove(id, keeping: mark) }
        for blob in blobs {
            try mark?.check()
            if mark != nil { try await shelf.store.delete(blob.name) }
            outcome.blobParts += 1
            outcome.bytes += blob.bytes
        }
        return outcome
    }

    private func remove(_ id: BackupID, keeping mark: PruneMark?) async throws -> Int {
        let objects = try await shelf.store.list(id.folder)
        if let mark {
            // Without it there is no backup any more, even if this is cut short. The mark says that this is no damage.
            try mark.check()
            try await shelf.store.put(id.folder + Manifest.markName, [])
            try await shelf.store.delete(id.folder + Manifest.fileName)
            for object in objects where object.name != id.folder + Manifest.markName {
                try mark.check()
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
