public import Cryptography
public import EventLog
public import System

/// What a backup is and what it consists of. Written last: a backup without one does not exist.
public struct Manifest: Sendable, Equatable {
    /// Of the format. A reader refuses what it does not know. The first said nothing of ``logID``.
    public static let versions = 1...2
    public var version: Int { logID == nil ? 1 : 2 }

    public var id: BackupID
    /// What an incremental backup continues.
    public var parent: BackupID?
    public var createdAt: Timestamp
    /// Of the system it was made of.
    public var installation: UUID
    /// The hash of the log's first event, by which one log is told from another; zero where it has none.
    public var log: SHA256Digest
    /// The log that it was made of, which may have come to be by a restore or as a fork.
    public var logID: LogID?
    /// The event before the first of this backup.
    public var after: LogHead
    /// The last event of this backup.
    public var head: LogHead
    /// How many events each category has here.
    public var categories: [String: Int]
    public var segments: [Segment]
    /// The blobs that are not named by the backups before it.
    public var blobIndexes: [BlobIndex]
    public var encryption: Encryption?

    public var kind: BackupKind { id.kind }
    public var eventCount: Int { head.position - after.position }
    /// What its own objects take in the store, without blobs.
    public var storedBytes: Int { segments.reduce(0) { $0 + $1.bytes } + blobIndexes.reduce(0) { $0 + $1.bytes } }
    public var blobCount: Int { blobIndexes.reduce(0) { $0 + $1.count } }
    public var blobBytes: Int { blobIndexes.reduce(0) { $0 + $1.contentBytes } }

    /// A stretch of the log, as COPY in the binary format gives it, compressed.
    public struct Segment: Sendable, Equatable {
        public var name: String
        public var range: ClosedRange<Int>
        public var firstRecordedAt: Timestamp
        public var lastRecordedAt: Timestamp
        /// As COPY gave it.
        public var rawBytes: Int
        /// As it is stored.
        public var bytes: Int
        /// Of what is stored.
        public var sha256: SHA256Digest
        public var hashBefore: SHA256Digest
        /// Of its last event.
        public var hash: SHA256Digest
    }

    /// A list of blobs, compressed: a line for each, with its hash and its size.
    public struct BlobIndex: Sendable, Equatable {
        public var name: String
        public var count: Int
        public var contentBytes: Int
        public var rawBytes: Int
        public var bytes: Int
        public var sha256: SHA256Digest
    }

    /// How it is sealed. Holds nothing secret.
    public struct Encryption: Sendable, Hashable {
        /// The only one there is.
        public static let cipher = "aes-256-gcm"
        /// How the key comes out of a passphrase; nil where it came from a file.
        public var recipe: PassphraseRecipe?
        public var keyCheck: String
    }
}

extension Manifest {
    static let fileName = "manifest.jsonl"
    /// There from the start of a backup until its manifest is written.
    static let markName = "started"
    /// Beside the mark: when its maker last showed that it is at work.
    static let aliveName = "alive"

    /// What may lie in a backup's folder without being part of it.
    static func isMark(_ name: String, in folder: String) -> Bool {
        name == folder + markName || name == folder + aliveName
    }

    var path: String { id.folder + Self.fileName }

    /// What is said of one and the same thing in several places has to agree.
    var contradiction: String? {
        if after.position > head.position { return "it ends before it begins" }
        if kind == .full && (parent != nil || after != .start) { return "a full backup has no parent" }
        if kind == .incremental && parent == nil { return "an incremental backup has a parent" }
        if id.position != head.position { return "its name and its head differ" }
        var (position, hash, time) = (after.position, after.hash, after.recordedAt)
        for (index, segment) in segments.enumerated() {
            guard segment.name == Self.segmentName(index + 1, isSealed: encryption != nil),
                segment.range.lowerBound == position + 1, segment.hashBefore == hash,
                time <= segment.firstRecordedAt, segment.firstRecordedAt <= segment.lastRecordedAt
            else { return "\(segment.name) does not follow what is before it" }
            (position, hash, time) = (segment.range.upperBound, segment.hash, segment.lastRecordedAt)
        }
        guard position == head.position, hash == head.hash, time == head.recordedAt else {
            return "its last segment and its head differ"
        }
        if categories.values.reduce(0, +) != eventCount { return "its counts do not add up to its events" }
        for (index, blobs) in blobIndexes.enumerated()
        where blobs.name != Self.blobIndexName(index + 1, isSealed: encryption != nil) {
            return "\(blobs.name) is not in its place"
        }
        return nil
    }

    static func segmentName(_ number: Int, isSealed: Bool) -> String { name("log", number, isSealed) }
    static func blobIndexName(_ number: Int, isSealed: Bool) -> String { name("blobs", number, isSealed) }

    private static func name(_ stem: String, _ number: Int, _ isSealed: Bool) -> String {
        "\(stem)-\(padded(number, 6)).zst\(isSealed ? ".sealed" : "")"
    }

    static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
