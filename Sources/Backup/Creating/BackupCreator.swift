import Cryptography
public import EventLog
public import Postgres
public import System

/// Makes backups of a log and its blobs while everybody continues writing.
///
///     let creator = BackupCreator(pool: pool, shelf: shelf, blobs: "\(home)/blobs")
///     let manifest = try await creator.create(.full, upTo: creator.head())
public struct BackupCreator: Sendable {
    let pool: PostgresPool
    let shelf: BackupShelf
    private let blobs: String?
    private let clock: any WallClock
    private let ticks: any Clock<Duration>
    private let storesBlobsAnew: Bool
    private let segmentRawBytes: Int

    /// How often it shows that it is at work.
    static let renewalPause: Duration = .seconds(60)

    /// - Parameters:
    ///   - blobs: the folder with the blobs; nil where there are none.
    ///   - clock: what time it is: kept with the backup.
    ///   - ticks: for waiting.
    ///   - storesBlobsAnew: whether a full backup stores every blob again. Default no: what lies in the store in its full
    ///     size is taken for good, as long as no verification says otherwise.
    ///   - segmentRawBytes: a segment ends once it has so many; tests want it small.
    public init(
        pool: PostgresPool, shelf: BackupShelf, blobs: String?, clock: any WallClock = SystemWallClock(),
        ticks: any Clock<Duration> = ContinuousClock(), storesBlobsAnew: Bool = false,
        segmentRawBytes: Int = BackupLimits.segmentRawBytes
    ) {
        self.pool = pool
        self.shelf = shelf
        self.blobs = blobs
        self.clock = clock
        self.ticks = ticks
        self.storesBlobsAnew = storesBlobsAnew
        self.segmentRawBytes = segmentRawBytes
    }

    /// Where the log ends now: what a backup that begins now holds.
    public func head() async throws -> LogHead { try await EventReader(pool: pool).head() }

    /// - Parameters:
    ///   - kind: what to make; an incremental backup continues the newest one of this log.
    ///   - head: the last event it holds.
    ///   - progress: told how many of how many events are read, from any thread, some times a second.
    /// - Returns: what was made. When this throws, nothing was.
    public func create(
        _ kind: BackupKind, upTo head: LogHead,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> Manifest {
        let source = try await source()
        let id = try await shelf.nextID(kind, at: head.position, now: clock.now())
        guard try await shelf.store.list(id.folder).isEmpty else {
            throw BackupError(.store, "\(id) already exists in \(shelf.store).", advice: "Try again in a second.")
        }
        let (store, clock) = (shelf.store, clock)
        do {
            // Whoever prunes sees by it that a backup is being made: see ``PruneMark``.
            try await store.put(id.folder + Manifest.markName, [])
            let showsLife = { @Sendable in
                try await store.put(id.folder + Manifest.aliveName, Array(clock.now().description.utf8))
            }
            try await showsLife()
            return try await Renewal.keep(every: Self.renewalPause, on: ticks, { try? await showsLife() }) {
                try await PruneMark.waitUntilNobodyPrunes(in: store, ticks)
                return try await make(id, of: source, upTo: head, progress)
            }
        } catch {
            await clean(id.folder)
            throw error
        }
    }

    private func make(
        _ id: BackupID, of source: Source, upTo head: LogHead, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> Manifest {
        let known = try await shelf.manifests()
        let sealing = try await shelf.keyring.keyForNew(like: known.reversed().compactMap(\.encryption))
        var chain: [Manifest] = []
        if id.kind == .incremental {
            let parent = try await parent(among: known, source, upTo: head)
            try Self.checkSameKey(parent, sealing?.encryption)
            chain = try await chainToContinue(parent)
        }
        var manifest = Manifest(
            id: id, parent: chain.last?.id, createdAt: clock.now(), installation: source.installation, log: source.log,
            logID: source.logID,
            after: chain.last?.head ?? .start, head: head, categories: [:], segments: [], blobIndexes: [],
            encryption: sealing?.encryption)
        try await writeLog(&manifest, sealing?.key, progress)
        try await writeBlobs(&manifest, after: chain, sealing?.key)
        try await shelf.store.put(manifest.path, ManifestFile.write(manifest, sealing?.key))
        try await confirm(manifest, after: chain)
        // Marks that stay say nothing beside a manifest.
        try? await shelf.store.delete(id.folder + Manifest.aliveName)
        try? await shelf.store.delete(id.folder + Manifest.markName)
        return manifest
    }

    /// Makes sure that nobody has removed anything that the backup needs, or is about to.
    private func confirm(_ manifest: Manifest, after chain: [Manifest]) async throws {
        let needed = Set(chain.map(\.id) + [manifest.id])
        let doomed = try await PruneMark.doomed(in: shelf.store)
        let there = Set(try await shelf.store.list(BackupID.folders).map(\.name))
        let objects =
            chain.map(\.path) + [manifest.id.folder + Manifest.markName]
            + (manifest.segments.map(\.name) + manifest.blobIndexes.map(\.name)).map { manifest.id.folder + $0 }
        if doomed.isDisjoint(with: needed), there.isSuperset(of: objects) { return }
        throw BackupError(
            .store, "While the backup was being created, a part of it or its parent was deleted.",
            advice: "Try again, and check what runs `lifeos backup prune` meanwhile.")
    }

    /// Takes away what was written of a backup that failed. What cannot be taken away has no manifest and counts for
    /// nothing; it goes with the next prune.
    private func clean(_ folder: String) async {
        let store = shelf.store
        await Task {
            try? await store.delete(folder + Manifest.fileName)
            for object in (try? await store.list(folder)) ?? [] { try? await store.delete(object.name) }
        }.value
    }

    private func writeLog(
        _ manifest: inout Manifest, _ key: BackupKey?, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws {
        let (after, head) = (manifest.after, manifest.head)
        progress(0, manifest.eventCount)
        guard head.position > after.position else { return }
        let folder = manifest.id.folder
        let store = shelf.store
        // One segment is on its way to the store while the next is read.
        (manifest.segments, manifest.categories) = try await withThrowingTaskGroup(of: Void.self) { uploads in
            var segments: [Manifest.Segment] = []
            var categories = CategoryCount()
            var check = try ChainCheck(after: after)
            var writer = try SegmentWriter(number: 1, after: after)
            for try await batch in EventReader(pool: pool).rows(after.position + 1...head.position) {
                do { try check.take(batch) } catch let fault as LogFault { throw Self.broken(fault.explanation) }
                batch.forEachRow { categories.take($0) }
                try writer.take(batch, upTo: check.head)
                progress(check.head.position - after.position, head.position - after.position)
                guard writer.rawBytes >= segmentRawBytes || check.head.position == head.position,
                    let (segment, bytes) = try writer.finish(in: folder, key)
                else { continue }
                segments.append(segment)
                try await uploads.next()
                uploads.addTask { try await store.put(folder + segment.name, bytes) }
                writer = try SegmentWriter(number: segments.count + 1, after: check.head)
            }
            try await uploads.waitForAll()
            guard StatedHead(check.head) == StatedHead(head) else {
                throw Self.broken("It ends at \(StatedHead(check.head)), though its head says \(StatedHead(head)).")
            }
            return (segments, categories.counts)
        }
    }

    private static func broken(_ explanation: String) -> BackupError {
        BackupError(
            .brokenLog, "The log is not what was written, so no backup is made of it. \(explanation)",
            advice: "Run `lifeos log verify`, and keep the existing backups.")
    }

    private func writeBlobs(_ manifest: inout Manifest, after chain: [Manifest], _ key: BackupKey?) async throws {
        guard let blobs, Files.isFolder(blobs) else { return }
        let index = BlobIndexReader(store: shelf.store)
        var known: Set<SHA256Digest> = []
        for manifest in chain {
            let key = try await shelf.keyring.key(opening: manifest.encryption)
            for blob in try await index.blobs(of: manifest, key) { known.insert(blob.hash) }
        }
        let uploader = BlobUploader(store: shelf.store, key: key, folder: blobs, storesAnew: storesBlobsAnew)
        manifest.blobIndexes = try await uploader.upload(besides: known, into: manifest.id.folder)
    }
}
