import Cryptography
public import EventLog
public import Postgres
public import System

/// Reads what a backup holds, back to the first event, whatever backups it needs for that.
///
///     let reader = try await BackupReader(shelf, of: id)
///     try await LogFiller(pool: pool).fill(upTo: reader.head.position, expecting: reader.head.hash, from: reader.events())
///     try await reader.restoreBlobs(into: "\(home)/blobs")
public struct BackupReader: Sendable {
    let shelf: BackupShelf
    /// The backups it takes, a full one first.
    public let chain: [Manifest]
    /// The last event.
    public let head: LogHead

    public init(_ shelf: BackupShelf, of id: BackupID) async throws {
        let chain = try await shelf.chain(to: id)
        self.init(shelf, chain)
    }

    private init(_ shelf: BackupShelf, _ chain: [Manifest]) {
        self.shelf = shelf
        self.chain = chain
        head = chain.last?.head ?? .start
    }

    /// The newest backup. Where that is damaged, this throws: nobody gets an older one without having asked for it.
    public static func newest(_ shelf: BackupShelf) async throws -> BackupReader {
        try await BackupReader(shelf, of: shelf.newest().id)
    }

    /// The first that has the position, of the newest backup and those before it in the same history: its blobs are those of
    /// then, or nearly.
    ///
    /// A log that was restored to an earlier point has other events at the same positions. So a backup counts only where its
    /// last event is also in the newest, with the same hash.
    public static func reaching(_ position: Int, _ shelf: BackupShelf) async throws -> BackupReader {
        let newest = try await newest(shelf)
        let reaching = try await shelf.manifests().filter { $0.head.position >= position }
        guard position <= newest.head.position else { throw newest.endsBefore(position, reaching) }
        let candidates = reaching.filter { $0.log == newest.log && $0.head.position < newest.head.position }
            .sorted { ($0.head.position, $1.id) < ($1.head.position, $0.id) }
        var lookup = EventLookup(newest)
        for candidate in candidates where try await lookup.has(candidate.head) {
            // One that cannot be read changes nothing: the newest has all of it.
            do { return try await BackupReader(shelf, of: candidate.id) } catch let error as BackupError
                where error.code != .store
            { continue }
        }
        return newest
    }

    private var log: SHA256Digest { chain.last?.log ?? .zero }

    private func endsBefore(_ position: Int, _ reaching: [Manifest]) -> BackupError {
        let newest = chain.last.map { "\($0.id)" } ?? ""
        let own = reaching.last { $0.log == log || $0.installation == chain.last?.installation }
        guard let other = own else {
            return BackupError(
                .notFound, "No backup reaches position \(position); the newest, \(newest), ends before it.",
                advice: "Use an earlier point, or create a backup.")
        }
        return BackupError(
            .notFound,
            "The newest backup, \(newest), ends at position \(head.position). \(other.id) reaches \(position), but in a "
                + "history that was left since.",
            advice: "Use an earlier point; or, for that history: lifeos backup restore \(other.id) --to \(position)")
    }

    /// The last position recorded at or before that moment, of all that the newest backup has; 0 where nothing was.
    public static func position(at moment: Timestamp, _ shelf: BackupShelf) async throws -> Int {
        try await newest(shelf).position(at: moment)
    }

    /// The last position recorded at or before that moment; 0 where nothing was. Reads one segment.
    public func position(at moment: Timestamp) async throws -> Int {
        let places = segments(upTo: head.position)
        guard let place = places.last(where: { $0.segment.firstRecordedAt <= moment }) else { return 0 }
        if place.segment.lastRecordedAt <= moment { return place.segment.range.upperBound }
        let rows = try await read(place).rows
        var position = place.segment.range.lowerBound - 1
        rows.forEachRow { if EventRows.recordedAt(of: $0) <= moment { position += 1 } }
        return position
    }

    /// Every event in order as ``EventRows``, a segment at a time. Each is proven to be what was written before it is
    /// given, and to follow the one before: what does not, throws.
    ///
    /// - Parameter last: the last one wanted; default all.
    public func events(upTo last: Int? = nil) -> BackupEvents {
        BackupEvents(reader: self, last: last ?? head.position)
    }

    struct Place: Sendable {
        let manifest: Manifest
        let segment: Manifest.Segment
    }

    /// The segments that hold the positions from the first on.
    func segments(upTo last: Int) -> [Place] {
        chain.flatMap { manifest in manifest.segments.map { Place(manifest: manifest, segment: $0) } }
            .filter { $0.segment.range.lowerBound <= last }
    }

    func read(_ place: Place) async throws -> SegmentReader.Content {
        let key = try await shelf.keyring.key(opening: place.manifest.encryption)
        return try await SegmentReader(store: shelf.store, key: key).read(place.segment, of: place.manifest)
    }
}

/// The rows of a backup. See ``BackupReader/events(upTo:)``.
public struct BackupEvents: AsyncSequence, Sendable {
    public typealias Element = CopyBatch

    let reader: BackupReader
    let last: Int

    public func makeAsyncIterator() -> Iterator { Iterator(reader: reader, last: last) }

    /// Reads one segment ahead.
    public struct Iterator: AsyncIteratorProtocol {
        private let reader: BackupReader
        private let last: Int
        private var places: ArraySlice<BackupReader.Place>
        private var ahead: Fetch?

        init(reader: BackupReader, last: Int) {
            self.reader = reader
            self.last = last
            places = reader.segments(upTo: last)[...]
        }

        public mutating func next() async throws -> CopyBatch? {
            guard let fetch = ahead ?? fetchNext() else { return nil }
            ahead = fetchNext()
            let rows = try await fetch.rows()
            let room = last - fetch.first + 1
            return rows.count <= room ? rows : rows.split(after: room).0
        }

        private mutating func fetchNext() -> Fetch? {
            places.popFirst().map { Fetch(reader, $0) }
        }
    }

    /// A segment on its way. Stops when nobody wants it any more.
    private final class Fetch: Sendable {
        let first: Int
        private let task: Task<CopyBatch, any Error>

        init(_ reader: BackupReader, _ place: BackupReader.Place) {
            first = place.segment.range.lowerBound
            task = Task { try await reader.read(place).rows }
        }

        func rows() async throws -> CopyBatch {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        }

        deinit { task.cancel() }
    }
}
