public import Cryptography
public import EventLog
import JSON

/// Checks an export as it is read, without a database.
///
///     var verifier = try ExportVerifier(stated: head)
///     while let bytes = next() { verifier.take(bytes) }
///     let result = verifier.finish()
///
/// Every record is made again of what it says and compared byte for byte, the hash of every event is computed again, and the
/// last record has to hold the digest of all before it: so no byte can be changed unnoticed.
public struct ExportVerifier: ~Copyable {
    /// Longer records are none of ours.
    static let recordBytesMax = 64 << 20

    private var splitter = RecordSplitter()
    private var result = ExportVerification()
    private var digest: SHA256
    private var hasher = EventHasher()
    private let stated: StatedHead?
    private var record = 0
    private var last: Event?
    private var hasEnded = false
    private var isGivenUp = false

    /// - Parameter stated: a head noted down earlier, which has to be of the same log.
    public init(stated: StatedHead? = nil) throws(CryptographyError) {
        self.stated = stated
        digest = try SHA256()
    }

    public mutating func take(_ bytes: [UInt8]) {
        if isGivenUp { return }
        for record in splitter.take(bytes) { read(record) }
        if splitter.waitingCount > Self.recordBytesMax {
            result.add(.unreadable, record + 1, "This record is longer than any event.")
            isGivenUp = true
        }
    }

    public mutating func finish() -> ExportVerification {
        if splitter.waitingCount > 0, !isGivenUp { read(splitter.rest()) }
        if result.head == nil, result.isSound { result.add(.incomplete, nil, "The file is empty.") }
        if let head = result.head {
            if !hasEnded {
                result.add(.incomplete, nil, "The end of the file is missing: it was cut off, or never finished.")
            }
            checkEnd(head)
        }
        return result
    }

    // MARK: Records

    private mutating func read(_ bytes: [UInt8]) {
        record += 1
        if hasEnded { return result.add(.incomplete, record, "Something follows behind the end.") }
        guard let head = result.head else { return readHead(bytes) }
        if bytes.starts(with: ExportWriter.endMark(head.format)) { return readEnd(bytes, head.format) }
        digest.update(bytes)
        if head.format == .csv, record == 2 {
            if bytes != CSV.record(ExportRow.columns) {
                result.add(.unreadable, record, "These are not the columns of an export.")
            }
            return
        }
        readEvent(bytes, head)
    }

    private mutating func readHead(_ bytes: [UInt8]) {
        let isJSON = bytes.first == UInt8(ascii: "{")
        let text = isJSON ? bytes : CSV.cells(bytes).flatMap { $0.count == 2 ? Array($0[1].utf8) : nil }
        guard let text, let head = (try? JSONValue(parsing: text)).flatMap({ ExportHead($0) }),
            head.format == (isJSON ? .jsonl : .csv), ExportWriter.begin(head).starts(with: bytes)
        else {
            result.add(.unreadable, record, "The file does not begin as an export of the audit trail does.")
            isGivenUp = true
            hasEnded = true
            return
        }
        digest.update(bytes)
        result.head = head
    }

    private mutating func readEnd(_ bytes: [UInt8], _ format: ExportFormat) {
        hasEnded = true
        if bytes != ExportWriter.end(format, count: result.eventCount, digest.finish()) {
            result.add(
                .incomplete, record,
                "The last record does not match what precedes it: bytes were changed, removed or added.")
        }
    }

    // MARK: Events

    private mutating func readEvent(_ bytes: [UInt8], _ head: ExportHead) {
        guard let row = Self.row(bytes, head.format) else {
            return result.add(.unreadable, record, "This record is not an event of an export.")
        }
        result.eventCount += 1
        let event = row.event
        if row.bytes(head.format) != bytes {
            result.add(.misleading, record, "What people read of the event at \(event.position) is not what it says.")
        }
        if hasher.hash(event, after: row.previousHash) != event.hash {
            result.add(
                .changed, record,
                "The event at \(event.position) does not give its hash: it was changed, or what it says to follow.")
        }
        checkPlace(row, head)
        checkStated(row)
        last = event
    }

    private static let limits: JSONLimits = {
        var limits = JSONLimits()
        limits.bytes = recordBytesMax
        return limits
    }()

    private static func row(_ bytes: [UInt8], _ format: ExportFormat) -> ExportRow? {
        switch format {
        case .csv: CSV.cells(bytes).flatMap { ExportRow(csv: $0) }
        case .jsonl: (try? JSONValue(parsing: bytes, limits: limits)).flatMap { ExportRow(json: $0) }
        }
    }

    private mutating func checkPlace(_ row: ExportRow, _ head: ExportHead) {
        let position = row.event.position
        guard head.first...max(head.first, head.last) ~= position, position > (last?.position ?? 0) else {
            return result.add(.disordered, record, "The event at \(position) does not belong here.")
        }
        // The head of the file stands for the event before the first.
        let before = last.map { ($0.position, $0.hash) } ?? (head.first - 1, head.previousHash)
        if position == before.0 + 1 {
            result.linkCount += 1
            if row.previousHash != before.1 {
                result.add(.broken, record, "The event at \(position) does not follow the one before it.")
            }
        } else if !head.isSelection {
            result.add(.missing, record, "\(Self.positions(before.0 + 1, position - 1)) missing.")
        }
        if position == head.last, row.event.hash != head.lastHash {
            result.add(
                .broken, record, "The event at \(position) is not the last event that the file's header names.")
        }
        if position == head.head.position, row.event.hash != head.head.hash {
            result.add(
                .broken, record, "The event at \(position) is not the head of the log that the file's header names.")
        }
    }

    private static func positions(_ first: Int, _ last: Int) -> String {
        first == last ? "Position \(first) is" : "Positions \(first) to \(last) are"
    }

    // MARK: The end

    private mutating func checkEnd(_ head: ExportHead) {
        let reached = last?.position ?? head.first - 1
        if !head.isSelection, reached < head.last {
            result.add(.missing, nil, "\(Self.positions(reached + 1, head.last)) missing.")
        }
        for (position, hash) in [
            (head.first - 1, head.previousHash), (head.last, head.lastHash), (head.head.position, head.head.hash),
        ] where stated?.position == position {
            compare(hash)
        }
    }

    private mutating func checkStated(_ row: ExportRow) {
        if stated?.position == row.event.position { compare(row.event.hash) }
        if stated?.position == row.event.position - 1 { compare(row.previousHash) }
    }

    private mutating func compare(_ hash: SHA256Digest) {
        guard let stated, result.matchesStatedHead != false else { return }
        result.matchesStatedHead = hash == stated.hash
        if hash != stated.hash {
            result.add(
                .rewritten, nil,
                "Position \(stated.position) has another hash than the stated head: this is not the log that head was taken from."
            )
        }
    }
}

/// Cuts a file into records: at the ends of lines, but for those within quotation marks of CSV. Pure.
struct RecordSplitter {
    private var waiting: [UInt8] = []
    private var isCSV: Bool?
    private var isQuoted = false

    var waitingCount: Int { waiting.count }

    mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
        var records: [[UInt8]] = []
        var start = 0
        if isCSV == nil, let first = bytes.first { isCSV = first != UInt8(ascii: "{") }
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\""), isCSV == true { isQuoted.toggle() }
            guard byte == UInt8(ascii: "\n"), !isQuoted else { continue }
            records.append(waiting + bytes[start...index])
            waiting.removeAll(keepingCapacity: true)
            start = index + 1
        }
        waiting += bytes[start...]
        return records
    }

    /// What follows behind the last end of a line.
    mutating func rest() -> [UInt8] {
        defer { waiting = [] }
        return waiting
    }
}
