import Compression
import Cryptography
import EventLog
import Postgres
import System

/// Makes a segment of rows while they come: only what is compressed stays in memory.
struct SegmentWriter: ~Copyable {
    private let number: Int
    private let before: LogHead
    private var head: LogHead
    private var firstRecordedAt: Timestamp?
    private var compressor: ZstandardCompressor
    private var packed: [UInt8]
    private(set) var rawBytes: Int

    /// - Parameter before: the event before the first.
    init(number: Int, after before: LogHead) throws {
        var compressor = try ZstandardCompressor()
        var packed: [UInt8] = []
        let begin = CopyFile.head
        try compressor.compress(begin.span, into: &packed)
        self.number = number
        self.before = before
        head = before
        rawBytes = CopyFile.head.count
        self.packed = packed
        self.compressor = compressor
    }

    /// - Parameter head: the last of these rows.
    mutating func take(_ rows: CopyBatch, upTo head: LogHead) throws {
        guard rawBytes + rows.bytes.count <= BackupLimits.rawBytesMax else {
            throw BackupError(
                .tooLarge, "The events around position \(head.position) are larger than a backup can hold.",
                advice: "Use pg_dump for this database, and report this as a bug.")
        }
        try append(rows.bytes)
        if firstRecordedAt == nil { firstRecordedAt = EventRows.recordedAt(ofFirst: rows) }
        self.head = head
    }

    /// The segment and what is to be stored of it; nil where it has no events. Nothing may follow.
    mutating func finish(
        in folder: String, _ key: BackupKey?
    ) throws -> (segment: Manifest.Segment, bytes: [UInt8])? {
        guard let firstRecordedAt else { return nil }
        try append(CopyFile.end)
        try compressor.finish(into: &packed)
        let name = Manifest.segmentName(number, isSealed: key != nil)
        let bytes = try SealedObject.seal(packed, as: folder + name, key)
        let segment = Manifest.Segment(
            name: name, range: before.position + 1...head.position, firstRecordedAt: firstRecordedAt,
            lastRecordedAt: head.recordedAt, rawBytes: rawBytes, bytes: bytes.count, sha256: SHA256.hash(bytes),
            hashBefore: before.hash, hash: head.hash)
        return (segment, bytes)
    }

    private mutating func append(_ bytes: [UInt8]) throws(Zstandard.Failure) {
        try compressor.compress(bytes.span, into: &packed)
        rawBytes += bytes.count
    }
}
