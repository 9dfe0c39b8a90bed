import Cryptography
import System

extension BackupReader {
    /// Writes all blobs into the folder as `ab/<sha256>`. What is there already is left alone.
    ///
    /// - Parameter progress: told how many of how many there are.
    /// - Returns: how many were written.
    @discardableResult
    public func restoreBlobs(
        into folder: String, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> Int {
        let total = chain.reduce(0) { $0 + $1.blobCount }
        var (done, written) = (0, 0)
        for manifest in chain {
            let key = try await shelf.keyring.key(opening: manifest.encryption)
            let blobs = BlobReader(store: shelf.store, key: key)
            for index in manifest.blobIndexes {
                for blob in try await BlobIndexReader(store: shelf.store).blobs(in: index, of: manifest, key) {
                    if try await blobs.restore(blob, into: folder) { written += 1 }
                    done += 1
                    progress(done, total)
                }
            }
        }
        return written
    }
}

/// Brings blobs back, each proven to be what its name says.
struct BlobReader: Sendable {
    let store: any BackupStore
    let key: BackupKey?

    /// - Returns: whether it had to be written.
    func restore(_ blob: Blob, into folder: String) async throws -> Bool {
        let name = blob.hash.hex
        let place = "\(folder)/\(name.prefix(2))"
        let path = "\(place)/\(name)"
        if Files.size(of: path) == blob.bytes { return false }
        try Files.makeFolder(place, mode: 0o700)
        let draft = "\(path).draft"
        do {
            try Files.remove(draft)
            let file = try FileDescriptor.open(draft, .createNew(mode: 0o600))
            try await read(blob) { part throws(SystemError) in try file.write(part.span) }
            try file.sync()
            try Files.rename(draft, to: path)
        } catch {
            try? Files.remove(draft)
            throw error
        }
        return true
    }

    /// Every part in order; throws at the end where together they are not the blob.
    func read(_ blob: Blob, _ take: ([UInt8]) throws(SystemError) -> Void = { _ in }) async throws {
        var hasher = try SHA256()
        var count = 0
        for name in try blob.partNames(key) {
            try Task.checkCancellation()
            let part: [UInt8]
            do {
                part = try SealedObject.open(try await store.get(name), as: name, key)
            } catch let error as CryptographyError {
                throw SegmentReader.damaged(name, "cannot be opened: \(error)")
            }
            hasher.update(part)
            count += part.count
            try take(part)
        }
        guard hasher.finish() == blob.hash, count == blob.bytes else {
            throw SegmentReader.damaged("The blob \(blob.hash)", "in \(Blob.folder) is not what its name says")
        }
    }
}
