import Cryptography
import EventLog
import JSON
import System

/// One event in an export: what people read, and all that its hash covers.
struct ExportRow {
    let event: Event
    /// What its entity was called then: the one thing that cannot be derived from the event.
    let name: String?
    let previousHash: SHA256Digest

    static let columns = [
        "position", "recorded_at", "actor", "verb", "type", "id", "version", "name", "changed", "detail", "client",
        "request_id", "reason", "command", "correlation", "causation", "event", "schema_version", "data", "meta",
        "previous_hash", "hash",
    ]

    /// Always the same bytes for the same row, so that whoever reads it can tell whether any of them was changed.
    func bytes(_ format: ExportFormat) -> [UInt8] {
        switch format {
        case .jsonl: jsonLine
        case .csv: csvRecord
        }
    }

    // MARK: JSON

    private var jsonLine: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            AuditEntry(event, name: name).encodeMembers(into: &writer)
            writer.field("event", event.type)
            writer.field("schema_version", event.schemaVersion)
            // As texts: a JSON value may be written in several ways, and the hash covers one of them.
            writer.field("data", String(decoding: event.data, as: UTF8.self))
            writer.field("meta", String(decoding: event.meta, as: UTF8.self))
            writer.field("previous_hash", previousHash.hex)
            writer.field("hash", event.hash.hex)
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    init?(json: JSONValue) {
        self.init { json[$0]?.string ?? json[$0]?.integer.map(String.init) }
    }

    // MARK: CSV

    private var csvRecord: [UInt8] {
        let entry = AuditEntry(event, name: name)
        let cells = [
            String(event.position), event.recordedAt.description, CSV.text(entry.actor), CSV.text(entry.verb),
            CSV.text(event.category), event.stream.description, String(event.version), CSV.text(name ?? ""),
            CSV.text(entry.changed.joined(separator: " ")), CSV.text(entry.detail ?? ""), CSV.text(entry.client ?? ""),
            CSV.text(entry.requestID ?? ""), CSV.text(entry.reason ?? ""), entry.command?.description ?? "",
            entry.correlation?.description ?? "", CSV.text(entry.causation ?? ""), event.type,
            String(event.schemaVersion), String(decoding: event.data, as: UTF8.self),
            String(decoding: event.meta, as: UTF8.self), previousHash.hex, event.hash.hex,
        ]
        return CSV.record(cells)
    }

    init?(csv cells: [String]) {
        guard cells.count == Self.columns.count else { return nil }
        self.init { column in
            guard let index = Self.columns.firstIndex(of: column) else { return nil }
            return ["type", "name"].contains(column) ? CSV.original(cells[index]) : cells[index]
        }
    }

    // MARK: Both

    private init?(_ cell: (String) -> String?) {
        guard let position = cell("position").flatMap({ Int($0) }),
            let recordedAt = cell("recorded_at").flatMap({ Timestamp($0) }),
            let stream = cell("id").flatMap({ UUID($0) }), let version = cell("version").flatMap({ Int($0) }),
            let category = cell("type"), let type = cell("event"),
            let schemaVersion = cell("schema_version").flatMap({ Int($0) }), let data = cell("data"),
            let meta = cell("meta"), let previous = cell("previous_hash").flatMap({ SHA256Digest(hex: $0) }),
            let hash = cell("hash").flatMap({ SHA256Digest(hex: $0) }), position > 0, version >= 0, schemaVersion >= 0
        else { return nil }
        event = Event(
            position: position, recordedAt: recordedAt, stream: stream, version: version, category: category,
            type: type, schemaVersion: schemaVersion, data: Array(data.utf8), meta: Array(meta.utf8), hash: hash)
        name = cell("name")
        previousHash = previous
    }
}

/// Records of comma-separated values, as RFC 4180 has them.
enum CSV {
    static func record(_ cells: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let isPlain = cell.utf8.allSatisfy {
                $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\n")
                    && $0 != UInt8(ascii: "\r")
            }
            if isPlain {
                bytes += cell.utf8
            } else {
                bytes.append(UInt8(ascii: "\""))
                for byte in cell.utf8 {
                    if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                    bytes.append(byte)
                }
                bytes.append(UInt8(ascii: "\""))
            }
        }
        return bytes + [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
    }

    private static let formulaBegins: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r"]

    /// A text that strangers wrote, so that no spreadsheet takes it for a formula.
    static func text(_ text: String) -> String {
        text.unicodeScalars.first.map(formulaBegins.contains) == true ? "'\(text)" : text
    }

    /// The text that was made safe.
    static func original(_ cell: String) -> String {
        let scalars = cell.unicodeScalars
        guard scalars.first == "'", let next = scalars.dropFirst().first, formulaBegins.contains(next) else {
            return cell
        }
        return String(String.UnicodeScalarView(scalars.dropFirst()))
    }

    /// The cells of one record with its end; nil where it is none.
    static func cells(_ record: [UInt8]) -> [String]? {
        guard record.count >= 2, record.suffix(2) == [UInt8(ascii: "\r"), UInt8(ascii: "\n")] else { return nil }
        var cells: [String] = []
        var cell: [UInt8] = []
        var at = 0
        let end = record.count - 2
        func finish() -> Bool {
            guard let text = String(validating: cell, as: UTF8.self) else { return false }
            cells.append(text)
            cell = []
            return true
        }
        while true {
            if at < end, record[at] == UInt8(ascii: "\"") {
                at += 1
                while true {
                    guard at < end else { return nil }
                    if record[at] == UInt8(ascii: "\"") {
                        at += 1
                        guard at < end, record[at] == UInt8(ascii: "\"") else { break }
                    }
                    cell.append(record[at])
                    at += 1
                }
            } else {
                while at < end, record[at] != UInt8(ascii: ",") {
                    cell.append(record[at])
                    at += 1
                }
            }
            guard finish() else { return nil }
            if at == end { return cells }
            guard record[at] == UInt8(ascii: ",") else { return nil }
            at += 1
        }
    }
}
