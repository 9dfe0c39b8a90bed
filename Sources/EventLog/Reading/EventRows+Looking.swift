public import Cryptography
import JSON
public import Postgres
public import System

/// Reads single columns out of rows that were checked before.
extension EventRows {
    /// PostgreSQL counts from the year 2000.
    private static let microsecondsFrom1970To2000: Int64 = 946_684_800_000_000
    private static let recordedAt = 18..<26
    private static let hash = 66..<98
    private static let categoryLength = 98..<102

    /// When the first of the rows was recorded; nil where there is none.
    public static func recordedAt(ofFirst rows: CopyBatch) -> Timestamp? {
        guard rows.count > 0, rows.bytes.count >= recordedAt.upperBound else { return nil }
        return recordedAt(of: rows.bytes.span)
    }

    /// When the event was recorded.
    public static func recordedAt(of row: Span<UInt8>) -> Timestamp {
        let microseconds = Int64(bitPattern: unsigned(row, recordedAt))
        return Timestamp(microsecondsSinceEpoch: microseconds &+ microsecondsFrom1970To2000)
    }

    /// The event's hash; nil where the row has none.
    public static func hash(of row: Span<UInt8>) -> SHA256Digest? {
        row.count >= hash.upperBound ? SHA256Digest(row.extracting(hash)) : nil
    }

    /// The command that the event belongs to; nil where its meta does not say.
    public static func command(of row: Span<UInt8>) -> String? {
        var place = categoryLength
        // Behind the category stand type, data and meta, each after its length.
        for _ in 0..<3 {
            guard place.upperBound <= row.count else { return nil }
            let start = place.upperBound + Int(unsigned(row, place))
            place = start..<start + categoryLength.count
        }
        let start = place.upperBound
        guard start <= row.count, start + Int(unsigned(row, place)) == row.count else { return nil }
        let meta = (start..<row.count).map { row[$0] }
        return (try? JSONValue(parsing: meta))?["command"]?.string
    }

    /// Where in the row the event's category stands; empty where the row has none.
    public static func category(in row: Span<UInt8>) -> Range<Int> {
        let start = categoryLength.upperBound
        guard row.count >= start else { return 0..<0 }
        return start..<min(row.count, start + Int(unsigned(row, categoryLength)))
    }

    private static func unsigned(_ row: Span<UInt8>, _ place: Range<Int>) -> UInt64 {
        guard row.count >= place.upperBound else { return 0 }
        var value: UInt64 = 0
        for index in place { value = value << 8 | UInt64(row[index]) }
        return value
    }
}
