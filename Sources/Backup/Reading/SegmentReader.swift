import Compression
import Cryptography
import EventLog
import Postgres

/// Reads one segment and finds everything that is not as the manifest has it.
struct SegmentReader: Sendable {
    let store: any BackupStore
    let key: BackupKey?

    /// What a segment holds, proven to be the chain between the two hashes that the manifest states.
    struct Content: Sendable {
        let rows: CopyBatch
        let categories: [String: Int]
    }

    func read(_ segment: Manifest.Segment, of manifest: Manifest, countsCategories: Bool = false) async throws
        -> Content
    {
        let name = manifest.id.folder + segment.name
        let fault = { (what: String) in Self.damaged(name, what) }
        let rows: CopyBatch
        do {
            rows = try Self.rows(ofFile: await content(name, sha256: segment.sha256, rawBytes: segment.rawBytes))
        } catch let error as PostgresError {
            throw fault("is not a COPY in binary format: \(error.message)")
        }
        guard rows.count == segment.range.count else {
            throw fault("holds \(rows.count) events instead of \(segment.range.count)")
        }
        // The time before the first is not known here and does not matter.
        let before = LogHead(
            position: segment.range.lowerBound - 1, hash: segment.hashBefore, recordedAt: segment.firstRecordedAt)
        var check = try ChainCheck(after: before)
        do {
            try check.take(rows)
        } catch let error as LogFault {
            throw fault("is not what was written: \(error.explanation)")
        }
        guard check.head.hash == segment.hash, check.head.recordedAt == segment.lastRecordedAt,
            EventRows.recordedAt(ofFirst: rows) == segment.firstRecordedAt
        else { throw fault("does not end as the manifest says") }
        var categories = CategoryCount()
        if countsCategories { rows.forEachRow { categories.take($0) } }
        return Content(rows: rows, categories: categories.counts)
    }

    /// Any compressed object of a backup: fetched, compared, opened and unpacked.
    func content(_ name: String, sha256: SHA256Digest, rawBytes: Int) async throws -> [UInt8] {
        guard 0...BackupLimits.rawBytesMax ~= rawBytes else { throw Self.damaged(name, "is larger than any may be") }
        let stored = try await store.get(name)
        guard SHA256.hash(stored) == sha256 else {
            throw Self.damaged(name, "has another SHA-256 than the manifest says")
        }
        do {
            let packed = try SealedObject.open(stored, as: name, key)
            let raw = try Zstandard.decompress(packed, outputBytesMax: rawBytes)
            guard raw.count == rawBytes else { throw Self.damaged(name, "unpacks to \(raw.count) bytes") }
            return raw
        } catch let error as Zstandard.Failure {
            throw Self.damaged(name, "cannot be unpacked: \(error)")
        } catch let error as CryptographyError {
            throw Self.damaged(name, "cannot be opened: \(error)")
        }
    }

    /// Takes off what COPY writes around its rows.
    private static func rows(ofFile file: [UInt8]) throws -> CopyBatch {
        guard file.count >= CopyFile.head.count + CopyFile.end.count, file.starts(with: CopyFile.head),
            file.suffix(CopyFile.end.count) == CopyFile.end[...]
        else { throw PostgresError(.decoding, "its head or its end is missing") }
        // In place, where nobody else holds the bytes: a copy would be another 16 MiB.
        var file = file
        file.removeLast(CopyFile.end.count)
        file.removeFirst(CopyFile.head.count)
        return try CopyBatch(checking: file)
    }

    static func damaged(_ name: String, _ what: String) -> BackupError {
        BackupError(.damaged, "\(name) \(what).", advice: "Use another copy of it, or another backup.")
    }
}

/// What is around the rows in a file of COPY in the binary format.
enum CopyFile {
    /// The signature, no flags, no extension.
    static let head: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
    static let end: [UInt8] = [0xFF, 0xFF]
}
