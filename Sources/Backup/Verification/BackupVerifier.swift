import Cryptography
import EventLog
public import System

/// Reads backups from end to end, computes every hash again, and tells what is not as it was written. Needs no database.
public struct BackupVerifier: Sendable {
    let shelf: BackupShelf
    /// Objects that are read and checked at the same time.
    private let workers: Int

    /// - Parameter workers: default one for each core; each takes the memory of a few objects.
    public init(_ shelf: BackupShelf, workers: Int = Machine.coreCount) {
        self.shelf = shelf
        self.workers = max(1, workers)
    }

    /// - Parameters:
    ///   - ids: the ones to verify, each with the backups it needs; nil for all that the store has.
    ///   - progress: told how many of how many events and blobs are verified, from any thread.
    /// - Throws: where the store cannot be read. What is wrong with a backup is in the answer.
    public func verify(
        _ ids: [BackupID]? = nil, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> BackupVerification {
        var result = BackupVerification()
        let wanted: [BackupID]
        if let ids {
            wanted = ids
        } else {
            wanted = try await present(&result)
        }
        let manifests = try await collect(wanted, &result)
        let tally = Tally(total: manifests.reduce(0) { $0 + $1.eventCount + $1.blobCount }, progress)
        var blobsDone: Set<SHA256Digest> = []
        for manifest in manifests {
            try await verify(manifest, &blobsDone, &result, tally)
        }
        return result
    }

    /// All that should have a manifest.
    private func present(_ result: inout BackupVerification) async throws -> [BackupID] {
        var ids: [BackupID] = []
        for entry in try await shelf.entries() {
            guard case .unfinished(let id) = entry else {
                ids.append(entry.id)
                continue
            }
            // While one is being made, or where that was cut short, the mark of its begin is there.
            let objects = try await shelf.store.list(id.folder)
            if !objects.isEmpty, !objects.contains(where: { Manifest.isMark($0.name, in: id.folder) }) {
                result.faults.append(BackupFault(id, "\(id.folder)\(Manifest.fileName) is missing."))
            }
        }
        return ids
    }

    /// The manifests of these backups and of those they need, each once, parents first.
    private func collect(_ wanted: [BackupID], _ result: inout BackupVerification) async throws -> [Manifest] {
        var known: [BackupID: Manifest?] = [:]
        var waiting = wanted
        while let id = waiting.popLast() {
            guard known[id] == nil else { continue }
            do {
                let manifest = try await shelf.manifest(id)
                known[id] = .some(manifest)
                if let parent = manifest.parent { waiting.append(parent) }
            } catch let error as BackupError where error.code != .store {
                known[id] = .some(nil)
                result.faults.append(BackupFault(id, error.message))
            }
        }
        let manifests = known.values.compactMap { $0 }.sorted { $0.id < $1.id }
        for manifest in manifests {
            guard let parent = manifest.parent else { continue }
            guard let before = known[parent].flatMap({ $0 }) else {
                result.faults.append(
                    BackupFault(manifest.id, "\(manifest.id) continues \(parent), which cannot be used."))
                continue
            }
            if before.head != manifest.after || before.log != manifest.log && before.head.position > 0 {
                result.faults.append(
                    BackupFault(manifest.id, "\(manifest.id) does not continue \(parent) as it says."))
            }
        }
        return manifests
    }

    private func verify(
        _ manifest: Manifest, _ blobsDone: inout Set<SHA256Digest>, _ result: inout BackupVerification, _ tally: Tally
    ) async throws {
        result.backups.append(manifest.id)
        let key = try await shelf.keyring.key(opening: manifest.encryption)
        try await result.faults += faultsOfObjects(manifest)
        let reader = SegmentReader(store: shelf.store, key: key)
        let found = try await inParallel(manifest.segments, of: manifest) { segment in
            let content = try await reader.read(segment, of: manifest, countsCategories: true)
            tally.add(segment.range.count)
            return content.categories
        }
        result.faults += found.faults
        result.events += manifest.eventCount
        var categories: [String: Int] = [:]
        for counts in found.values { categories.merge(counts, uniquingKeysWith: +) }
        if found.faults.isEmpty, categories != manifest.categories {
            result.faults.append(BackupFault(manifest.id, "\(manifest.path) counts other events than there are."))
        }
        try await verifyBlobs(manifest, key, &blobsDone, &result, tally)
    }

    /// What is missing, of another size, or there without belonging to the backup.
    private func faultsOfObjects(_ manifest: Manifest) async throws -> [BackupFault] {
        var expected: [String: Int] = [:]
        for segment in manifest.segments { expected[manifest.id.folder + segment.name] = segment.bytes }
        for index in manifest.blobIndexes { expected[manifest.id.folder + index.name] = index.bytes }
        var faults: [BackupFault] = []
        for object in try await shelf.store.list(manifest.id.folder) {
            if object.name == manifest.path || Manifest.isMark(object.name, in: manifest.id.folder) { continue }
            guard let bytes = expected[object.name] else {
                faults.append(BackupFault(manifest.id, "\(object.name) does not belong to the backup."))
                continue
            }
            if bytes != object.bytes {
                faults.append(
                    BackupFault(manifest.id, "\(object.name) has \(object.bytes) bytes instead of \(bytes)."))
            }
        }
        return faults
    }

    private func verifyBlobs(
        _ manifest: Manifest, _ key: BackupKey?, _ done: inout Set<SHA256Digest>, _ result: inout BackupVerification,
        _ tally: Tally
    ) async throws {
        let indexes = BlobIndexReader(store: shelf.store)
        let blobs = BlobReader(store: shelf.store, key: key)
        for index in manifest.blobIndexes {
            let listed = try await inParallel([index], of: manifest) { index in
                try await indexes.blobs(in: index, of: manifest, key)
            }
            result.faults += listed.faults
            var fresh: [Blob] = []
            for blob in listed.values.joined() where done.insert(try blob.storedName(key)).inserted {
                fresh.append(blob)
            }
            let found = try await inParallel(fresh, of: manifest) { blob in try await blobs.read(blob) }
            result.faults += found.faults.map { BackupFault($0.backup, $0.explanation, isBlob: true) }
            result.blobs += index.count
            tally.add(index.count)
        }
    }

    /// Does it for all, a few at a time. What is wrong with one does not stop the others.
    private func inParallel<Item: Sendable, Value: Sendable>(
        _ items: [Item], of manifest: Manifest, _ check: @escaping @Sendable (Item) async throws -> Value
    ) async throws -> (values: [Value], faults: [BackupFault]) {
        try await withThrowingTaskGroup(of: Result<Value, BackupFault.Finding>.self) { group in
            var waiting = items.makeIterator()
            func begin() {
                guard let item = waiting.next() else { return }
                group.addTask {
                    do {
                        return .success(try await check(item))
                    } catch let error as BackupError where error.code != .store {
                        return .failure(BackupFault.Finding(fault: BackupFault(manifest.id, error.message)))
                    }
                }
            }
            for _ in 0..<workers { begin() }
            var values: [Value] = []
            var faults: [BackupFault] = []
            while let result = try await group.next() {
                switch result {
                case .success(let value): values.append(value)
                case .failure(let finding): faults.append(finding.fault)
                }
                begin()
            }
            return (values, faults)
        }
    }
}

extension BackupFault {
    fileprivate struct Finding: Error { let fault: BackupFault }
}

/// Counts from many threads.
private final class Tally: Sendable {
    private let done = Lock(0)
    private let total: Int
    private let progress: @Sendable (Int, Int) -> Void

    init(total: Int, _ progress: @escaping @Sendable (Int, Int) -> Void) {
        self.total = total
        self.progress = progress
        progress(0, total)
    }

    func add(_ count: Int) {
        let now = done.withLock { done in
            done += count
            return done
        }
        progress(now, total)
    }
}
