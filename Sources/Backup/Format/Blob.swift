import Cryptography

/// A blob as a backup names it.
struct Blob: Sendable, Hashable {
    let hash: SHA256Digest
    let bytes: Int

    /// Even an empty one has a part.
    var partCount: Int { max(1, (bytes + BackupLimits.blobPartBytes - 1) / BackupLimits.blobPartBytes) }

    /// What its parts are called in the store. With a key, the names do not tell the contents.
    func partNames(_ key: BackupKey?) throws(CryptographyError) -> [String] {
        let name = try storedName(key).hex
        return (1...partCount).map { "\(Self.folder)\(name.prefix(2))/\(name)-\(Manifest.padded($0, 4))" }
    }

    func storedName(_ key: BackupKey?) throws(CryptographyError) -> SHA256Digest {
        guard let key else { return hash }
        return try key.name(ofBlob: hash)
    }

    static let folder = "blobs/"

    /// The name of the blob that a part belongs to; nil for what is no part.
    static func storedName(ofPart name: String) -> SHA256Digest? {
        guard let file = name.split(separator: "/").last, let dash = file.lastIndex(of: "-") else { return nil }
        return SHA256Digest(hex: file[..<dash])
    }
}

/// Reads the lists of blobs that belong to a backup.
struct BlobIndexReader: Sendable {
    let store: any BackupStore

    func blobs(of manifest: Manifest, _ key: BackupKey?) async throws -> [Blob] {
        var blobs: [Blob] = []
        for index in manifest.blobIndexes { blobs += try await self.blobs(in: index, of: manifest, key) }
        return blobs
    }

    func blobs(in index: Manifest.BlobIndex, of manifest: Manifest, _ key: BackupKey?) async throws -> [Blob] {
        let name = manifest.id.folder + index.name
        let reader = SegmentReader(store: store, key: key)
        let raw = try await reader.content(name, sha256: index.sha256, rawBytes: index.rawBytes)
        guard let blobs = Self.parse(raw), blobs.count == index.count,
            blobs.reduce(0, { $0 + $1.bytes }) == index.contentBytes
        else { throw SegmentReader.damaged(name, "is not the list of blobs that the manifest says") }
        return blobs
    }

    /// A line for each: hash, blank, size.
    static func write(_ blobs: [Blob]) -> [UInt8] {
        var text: [UInt8] = []
        for blob in blobs { text += Array("\(blob.hash.hex) \(blob.bytes)\n".utf8) }
        return text
    }

    static func parse(_ text: [UInt8]) -> [Blob]? {
        var blobs: [Blob] = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let parts = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard parts.count == 2, let hash = SHA256Digest(hex: parts[0]), let bytes = Int(parts[1]),
                0...BackupLimits.blobBytesMax ~= bytes
            else { return nil }
            blobs.append(Blob(hash: hash, bytes: bytes))
        }
        return blobs
    }
}
