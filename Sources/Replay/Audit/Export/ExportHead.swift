public import Cryptography
public import EventLog
public import JSON
public import System

/// How an export of the audit trail is written.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// RFC 4180; the first and the last record are ours.
    case csv
    /// One JSON object a line.
    case jsonl
}

/// What an export says of itself at its begin.
public struct ExportHead: Sendable, Hashable {
    public let format: ExportFormat
    public let madeAt: Timestamp
    /// The range that was asked for; empty where `last` is before `first`.
    public let first: Int
    public let last: Int
    /// What was asked for besides the range; an empty object for everything.
    public let filter: JSONValue
    /// Of the position before `first`.
    public let previousHash: SHA256Digest
    /// Of the position `last`.
    public let lastHash: SHA256Digest
    /// Where the log ended when the export was made.
    public let head: StatedHead

    public init(
        format: ExportFormat, madeAt: Timestamp, first: Int, last: Int, filter: JSONValue, previousHash: SHA256Digest,
        lastHash: SHA256Digest, head: StatedHead
    ) {
        self.format = format
        self.madeAt = madeAt
        self.first = first
        self.last = last
        self.filter = filter
        self.previousHash = previousHash
        self.lastHash = lastHash
        self.head = head
    }

    /// Whether events of the range may have been left out.
    public var isSelection: Bool { filter != [:] }

    static let member = "lifeos_audit_export"
    private static let version = 1

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field(Self.member, Self.version)
            writer.field("format", format.rawValue)
            writer.field("made_at", madeAt.description)
            writer.field("first", first)
            writer.field("last", last)
            writer.field("filter", filter)
            writer.field("previous_hash", previousHash.hex)
            writer.field("last_hash", lastHash.hex)
            writer.field("head", head.description)
        }
        return writer.bytes
    }

    init?(_ json: JSONValue) {
        guard json[Self.member]?.integer == Self.version,
            let format = json["format"]?.string.flatMap({ ExportFormat(rawValue: $0) }),
            let madeAt = json["made_at"]?.string.flatMap({ Timestamp($0) }), let first = json["first"]?.integer,
            let last = json["last"]?.integer, first > 0, last >= first - 1, last < Int.max,
            let filter = json["filter"], filter.object != nil,
            let previous = json["previous_hash"]?.string.flatMap({ SHA256Digest(hex: $0) }),
            let lastHash = json["last_hash"]?.string.flatMap({ SHA256Digest(hex: $0) }),
            let head = json["head"]?.string.flatMap({ StatedHead($0) })
        else { return nil }
        self.init(
            format: format, madeAt: madeAt, first: first, last: last, filter: filter, previousHash: previous,
            lastHash: lastHash, head: head)
    }
}
