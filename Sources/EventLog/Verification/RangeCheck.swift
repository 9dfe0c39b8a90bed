import Cryptography
import Postgres

/// Follows the chain through one range of positions, row by row as COPY sends them. Pure.
///
/// Nothing is decoded: what an event's hash covers stands in the row as it is hashed, but for the time, which PostgreSQL
/// counts from another year.
struct RangeCheck: ~Copyable {
    enum Finding: Sendable, Hashable {
        /// Does not give its hash after the hash of the position before.
        case mismatch(Int)
        case missing(ClosedRange<Int>)
        case duplicate(Int)

        var position: Int {
            switch self {
            case .mismatch(let position), .duplicate(let position): position
            case .missing(let range): range.lowerBound
            }
        }
    }

    /// Beyond it, more would tell nothing new.
    static let findingsMax = 256

    private let range: ClosedRange<Int>
    private var next: Int
    /// Nil where the position before is not there.
    private var previous: SHA256Digest?
    private var hasher: SHA256
    private(set) var findings: [Finding] = []
    private(set) var verifiedCount = 0

    /// - Parameter previous: the stored hash of the position before.
    init(_ range: ClosedRange<Int>, after previous: SHA256Digest?) throws(CryptographyError) {
        self.range = range
        self.previous = previous
        next = range.lowerBound
        hasher = try SHA256()
    }

    /// The columns in the order in which ``take(_:)`` finds them.
    static func copy(_ range: ClosedRange<Int>) -> SQL {
        """
        COPY (SELECT position, recorded_at, version::bigint, schema_version::bigint, stream, hash, category, type, data,
            meta FROM log.events WHERE position >= \(unsafeSQL: String(range.lowerBound))
            AND position <= \(unsafeSQL: String(range.upperBound)) ORDER BY position) TO STDOUT (FORMAT binary)
        """
    }

    /// Where in a row the columns stand that always have the same length, behind their lengths.
    private enum Place {
        static let position = 6..<14
        static let recordedAt = 18..<26
        static let version = 30..<38
        static let schemaVersion = 42..<50
        static let stream = 54..<70
        static let hashLength = 70..<74
        static let hash = 74..<106
        /// Category, type, data and meta, each after its length: as they are hashed.
        static let texts = 106
    }

    mutating func take(_ row: Span<UInt8>) {
        verifiedCount += 1
        let position = Int(Self.integer(row, Place.position))
        if position < next { return note(.duplicate(position)) }
        if position > next {
            note(.missing(next...position - 1))
            previous = nil
        }
        next = position + 1
        guard Self.integer(row, Place.hashLength) == SHA256Digest.byteCount, row.count > Place.texts else {
            previous = nil
            return note(.mismatch(position))
        }
        let stored = SHA256Digest(row.extracting(Place.hash))
        if let previous, hash(row, after: previous) != stored { note(.mismatch(position)) }
        previous = stored
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
        hasher.update(row.extracting(Place.version))
        hasher.update(row.extracting(Place.schemaVersion))
        let microseconds = Self.integer(row, Place.recordedAt) &+ Self.microsecondsFrom1970To2000
        let time: InlineArray<8, UInt8> = InlineArray { index in
            UInt8(truncatingIfNeeded: microseconds >> Int64(56 - 8 * index))
        }
        hasher.update(time.span)
        hasher.update(row.extracting(Place.texts..<row.count))
        return hasher.finish()
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
