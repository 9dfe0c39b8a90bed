import Cryptography
public import EventLog
public import Postgres
public import System

/// Makes backups of a log and its blobs while everybody goes on writing.
///
///     let creator = BackupCreator(pool: pool, shelf: shelf, blobs: "\(home)/blobs")
///     let manifest = try await creator.create(.full, upTo: creator.head())
public struct BackupCreator: Sendable {
    let pool: PostgresPool
    let shelf: BackupShelf
    private let blobs: String?
    private let clock: any WallClock
    private let storesBlobsAnew: Bool
    private let segmentRawBytes: Int

    /// - Parameters:
    ///   - blobs: the folder with the blobs; nil where there are none.
    ///   - storesBlobsAnew: whether a full backup stores every blob again. Default no: what lies in the store in its full
    ///     size is taken for good, as long as no verification says otherwise.
    ///   - segmentRawBytes: a segment ends once it has so many; tests want it small.
    public init(
        pool: PostgresPool, shelf: BackupShelf, blobs: String?, clock: any WallClock = SystemWallClock(),
        storesBlobsAnew: Bool = false, segmentRawBytes: Int = BackupLimits.segmentRawBytes
    ) {
        self.pool = pool
        self.shelf = shelf
        self.blobs = blobs
        self.clock = clock
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
        let known = try await shelf.manifests()
        let sealing = try await shelf.keyring.keyForNew(like: known.reversed().compactMap(\.encryption))
        var chain: [Manifest] = []
        if kind == .incremental {
            let parent = try await parent(among: known, source, upTo: head)
            try Self.checkSameKey(parent, sealing?.encryption)
            chain = try await chainToContinue(parent)
        }
        var manifest = Manifest(
            id: BackupID(createdAt: clock.now(), kind: kind, position: head.position), parent: chain.last?.id,
            createdAt: clock.now(), installation: source.installation, log: source.log,
            after: chain.last?.head ?? .start, head: head, categories: [:], segments: [], blobIndexes: [],
            encryption: sealing?.encryption)
        let folder = manifest.id.folder
        guard try await shelf.store.list(folder).isEmpty else {
            throw BackupError(
                .store, "There is a \(manifest.id) in \(shelf.store) already.", advice: "Try again in a second.")
        }
        do {
            // Whoever prunes sees by it that a backup is being made.
            try await shelf.store.put(folder + Manifest.markName, [])
            try await writeLog(&manifest, sealing?.key, progress)
            try await writeBlobs(&manifest, after: chain, sealing?.key)
            try await shelf.store.put(manifest.path, ManifestFile.write(manifest, sealing?.key))
            // A mark that stays says nothing beside a manifest.
            try? await shelf.store.delete(folder + Manifest.markName)
        } catch {
            await clean(folder)
            throw error
        }
        return manifest
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
            advice: "Run `lifeos log verify`, and keep the backups that there are.")
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
