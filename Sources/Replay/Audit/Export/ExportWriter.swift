import Cryptography
import EventLog
import JSON

/// Makes the bytes of an export, piece by piece. Pure but for the digest that it keeps.
struct ExportWriter: ~Copyable {
    let head: ExportHead
    private var hasher: SHA256
    private(set) var count = 0

    init(_ head: ExportHead) throws(CryptographyError) {
        self.head = head
        hasher = try SHA256()
    }

    mutating func begin() -> [UInt8] {
        let bytes = Self.begin(head)
        hasher.update(bytes)
        return bytes
    }

    mutating func row(_ row: ExportRow) -> [UInt8] {
        let bytes = row.bytes(head.format)
        hasher.update(bytes)
        count += 1
        return bytes
    }

    /// The last bytes, and the digest of all before them.
    mutating func end() -> (bytes: [UInt8], digest: SHA256Digest) {
        let digest = hasher.finish()
        return (Self.end(head.format, count: count, digest), digest)
    }

    static func begin(_ head: ExportHead) -> [UInt8] {
        switch head.format {
        case .jsonl: head.json + [UInt8(ascii: "\n")]
        case .csv:
            CSV.record([ExportHead.member, String(decoding: head.json, as: UTF8.self)]) + CSV.record(ExportRow.columns)
        }
    }

    static func end(_ format: ExportFormat, count: Int, _ digest: SHA256Digest) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("end", true)
            writer.field("events", count)
            writer.field("sha256", digest.hex)
        }
        switch format {
        case .jsonl: return writer.bytes + [UInt8(ascii: "\n")]
        case .csv: return CSV.record(["end", String(decoding: writer.bytes, as: UTF8.self)])
        }
    }

    /// How the last record begins, and no other.
    static func endMark(_ format: ExportFormat) -> [UInt8] {
        switch format {
        case .jsonl: Array(#"{"end":"#.utf8)
        case .csv: Array("end,".utf8)
        }
    }
}
