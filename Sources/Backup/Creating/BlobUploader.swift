import Compression
import Cryptography
import System

/// Brings the files of the blob folder into the store, each once, however many backups name it.
///
/// They are not compressed: most are pictures, and without a key a stored blob is its own proof.
struct BlobUploader: Sendable {
    let store: any BackupStore
    let key: BackupKey?
    /// Holds `ab/<sha256>`.
    let folder: String
    /// Whether what is in the store already is stored again: it may have been damaged there.
    let storesAnew: Bool

    /// - Parameters:
    ///   - known: what the backups before this one name.
    ///   - destination: where in the store the lists go.
    /// - Returns: the lists of the others, all of which are in the store by then.
    func upload(besides known: Set<SHA256Digest>, into destination: String) async throws -> [Manifest.BlobIndex] {
        var indexes: [Manifest.BlobIndex] = []
        var waiting: [Blob] = []
        var stored: [SHA256Digest: Int]?
        for place in try Files.names(in: folder) where Files.isFolder("\(folder)/\(place)") {
            for name in try Files.names(in: "\(folder)/\(place)") {
                let path = "\(folder)/\(place)/\(name)"
                guard name.utf8.count == 64, name.hasPrefix(place), let hash = SHA256Digest(hex: name),
                    !known.contains(hash), let bytes = Files.size(of: path)
                else { continue }
                let blob = Blob(hash: hash, bytes: bytes)
                if stored == nil { stored = storesAnew ? [:] : try await storedSizes() }
                if try stored?[blob.storedName(key)] != sealedBytes(blob) { try await upload(blob, path) }
                waiting.append(blob)
                guard waiting.count == BackupLimits.blobsPerIndex else { continue }
                indexes.append(try await write(waiting, indexes.count + 1, destination))
                waiting = []
            }
        }
        if !waiting.isEmpty { indexes.append(try await write(waiting, indexes.count + 1, destination)) }
        return indexes
    }

    /// What each blob takes in the store. About fifty bytes of memory for each.
    private func storedSizes() async throws -> [SHA256Digest: Int] {
        var sizes: [SHA256Digest: Int] = [:]
        for part in try await store.list(Blob.folder) {
            guard let name = Blob.storedName(ofPart: part.name) else { continue }
            sizes[name, default: 0] += part.bytes
        }
        return sizes
    }

    private func sealedBytes(_ blob: Blob) -> Int {
        blob.bytes + (key == nil ? 0 : blob.partCount * SealedObject.overheadBytes)
    }

    private func upload(_ blob: Blob, _ path: String) async throws {
        // Looked at before anything is stored: a later backup would take a part that lies there for a good one.
        try await read(blob, path) { _, _ in }
        let names = try blob.partNames(key)
        try await read(blob, path) { number, part in
            try await store.put(names[number], SealedObject.seal(part, as: names[number], key))
        }
    }

    private func read(_ blob: Blob, _ path: String, _ take: (Int, [UInt8]) async throws -> Void) async throws {
        let file = try FileDescriptor.open(path, .read)
        var hasher = try SHA256()
        for number in 0..<blob.partCount {
            try Task.checkCancellation()
            let wanted = min(BackupLimits.blobPartBytes, blob.bytes - number * BackupLimits.blobPartBytes)
            var part: [UInt8] = []
            while part.count < wanted {
                let more = try file.read(upTo: wanted - part.count)
                if more.isEmpty { break }
                part += more
            }
            hasher.update(part)
            try await take(number, part)
        }
        guard hasher.finish() == blob.hash, try file.read(upTo: 1).isEmpty else {
            throw BackupError(
                .brokenBlob, "\(path) does not hold what its name says.",
                advice: "Restore it from an older backup, or move it away; then try again.")
        }
    }

    private func write(_ blobs: [Blob], _ number: Int, _ destination: String) async throws -> Manifest.BlobIndex {
        let raw = BlobIndexReader.write(blobs)
        let name = Manifest.blobIndexName(number, isSealed: key != nil)
        let bytes = try SealedObject.seal(Zstandard.compress(raw), as: destination + name, key)
        try await store.put(destination + name, bytes)
        return Manifest.BlobIndex(
            name: name, count: blobs.count, contentBytes: blobs.reduce(0) { $0 + $1.bytes }, rawBytes: raw.count,
            bytes: bytes.count, sha256: SHA256.hash(bytes))
    }
}
