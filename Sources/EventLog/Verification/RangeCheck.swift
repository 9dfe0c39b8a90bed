import Cryptography
import Postgres
import System

/// Follows the chain through one range of positions, row by row as COPY sends them. Pure.
///
/// Nothing is decoded: what an event's hash covers is in the row as it is hashed, but for the time, which PostgreSQL
/// counts from another year, and the versions, which it keeps in half the room.
struct RangeCheck: ~Copyable {
    enum Finding: Sendable, Hashable {
        /// Does not give its hash after the hash of the position before.
        case mismatch(Int)
        case missing(ClosedRange<Int>)
        case duplicate(Int)
        /// Is dated earlier than the position before.
        case earlier(Int)

        var position: Int {
            switch self {
            case .mismatch(let position), .duplicate(let position), .earlier(let position): position
            case .missing(let range): range.lowerBound
            }
        }
    }

    /// Beyond it, more would tell nothing new.
    static let findingsMax = 256

    private let range: ClosedRange<Int>
    private var next: Int
    /// Nil where the position before is not there.
    private(set) var previous: SHA256Digest?
    /// Of the last event.
    private(set) var recordedAt: Timestamp
    private var hasher: SHA256
    private(set) var findings: [Finding] = []
    private(set) var verifiedCount = 0

    /// - Parameters:
    ///   - previous: the stored hash of the position before.
    ///   - recordedAt: the time of the position before.
    init(
        _ range: ClosedRange<Int>, after previous: SHA256Digest?, recordedAt: Timestamp = LogHead.start.recordedAt
    ) throws(CryptographyError) {
        self.range = range
        self.previous = previous
        self.recordedAt = recordedAt
        next = range.lowerBound
        hasher = try SHA256()
    }

    /// Where in a row of ``EventRows/columns`` stands what always has the same length, behind its length.
    private enum Place {
        static let position = 6..<14
        static let recordedAt = 18..<26
        static let version = 30..<34
        static let schemaVersion = 38..<42
        static let stream = 46..<62
        static let hash = 66..<98
        /// Category, type, data and meta, each after its length: as they are hashed.
        static let texts = 98
        static let all = [position, recordedAt, version, schemaVersion, stream, hash]
    }

    /// Whether everything stands where it is looked for: rows need not come from our own database.
    private static func isWellFormed(_ row: Span<UInt8>) -> Bool {
        guard row.count > Place.texts, integer(row, 0..<2) == EventRows.columnCount else { return false }
        return Place.all.allSatisfy { place in
            integer(row, place.lowerBound - 4..<place.lowerBound) == place.count
        }
    }

    mutating func take(_ row: Span<UInt8>) {
        verifiedCount += 1
        let position = Int(Self.integer(row, Place.position))
        if position < next { return note(.duplicate(position)) }
        if position > next {
            note(.missing(next...position - 1))
            previous = nil
        }
        // Rows of a forged file may claim any position.
        next = min(position, Int.max - 1) + 1
        guard Self.isWellFormed(row) else {
            previous = nil
            return note(.mismatch(position))
        }
        let stored = SHA256Digest(row.extracting(Place.hash))
        if let previous, hash(row, after: previous) != stored { note(.mismatch(position)) }
        previous = stored
        let time = Timestamp(microsecondsSinceEpoch: microseconds(row))
        if time < recordedAt { note(.earlier(position)) }
        recordedAt = time
    }

    mutating func finish() {
        if next <= range.upperBound { note(.missing(next...range.upperBound)) }
    }

    private mutating func note(_ finding: Finding) {
        if findings.count < Self.findingsMax { findings.append(finding) }
    }

    private mutating func hash(_ row: Span<UInt8>, after previous: SHA256Digest) -> SHA256Digest {
        hasher.update(previous)
        hasher.update(row.extracting(Place.position))
        hasher.update(row.extracting(Place.stream))
        let numbers = (
            Int64(Int32(truncatingIfNeeded: Self.integer(row, Place.version))),
            Int64(Int32(truncatingIfNeeded: Self.integer(row, Place.schemaVersion))),
            microseconds(row)
        )
        let bytes: InlineArray<24, UInt8> = InlineArray { index in
            let number = index < 8 ? numbers.0 : index < 16 ? numbers.1 : numbers.2
            return UInt8(truncatingIfNeeded: number >> Int64(56 - 8 * (index % 8)))
        }
        hasher.update(bytes.span)
        hasher.update(row.extracting(Place.texts..<row.count))
        return hasher.finish()
    }

    private func microseconds(_ row: Span<UInt8>) -> Int64 {
        Self.integer(row, Place.recordedAt) &+ Self.microsecondsFrom1970To2000
    }

    private static let microsecondsFrom1970To2000: Int64 = 946_684_800_000_000

    /// Reads a number in network order. The server was asked for these types, so their lengths are known.
    private static func integer(_ row: Span<UInt8>, _ place: Range<Int>) -> Int64 {
        guard place.upperBound <= row.count else { return -1 }
        var value: UInt64 = 0
        for index in place { value = value << 8 | UInt64(row[index]) }
        return Int64(bitPattern: value)
    }
}
