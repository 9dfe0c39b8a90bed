/// Why a backup could not be made, read or removed. It never holds a secret.
public struct BackupError: Error, Sendable, Equatable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// The store has no such object, or no such backup.
        public static let notFound = Code(rawValue: "not_found")
        /// The store could not be reached, is full, or refused.
        public static let store = Code(rawValue: "store")
        /// Bytes are not what was written.
        public static let damaged = Code(rawValue: "damaged")
        /// It is encrypted, and there is no key.
        public static let keyNeeded = Code(rawValue: "key_needed")
        public static let wrongKey = Code(rawValue: "wrong_key")
        /// The log itself is not what was written.
        public static let brokenLog = Code(rawValue: "broken_log")
        /// A file of the blob folder is not what its name says.
        public static let brokenBlob = Code(rawValue: "broken_blob")
        /// There is nothing that an incremental backup could continue.
        public static let noParent = Code(rawValue: "no_parent")
        /// A setting cannot be used.
        public static let setting = Code(rawValue: "setting")
        /// Larger than a limit allows.
        public static let tooLarge = Code(rawValue: "too_large")
    }

    public let code: Code
    /// What happened, as a sentence.
    public let message: String
    /// What to do next, as a sentence.
    public let advice: String

    public init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    public var description: String { "\(message) \(advice)" }
}

/// Limits that the format has. Memory stays within a few times the largest object, at any size of the log.
public enum BackupLimits {
    /// A segment ends once it has so many bytes of rows, uncompressed.
    public static let segmentRawBytes = 16 << 20
    /// The same where one event is very large, and for what is unpacked when reading.
    public static let rawBytesMax = 64 << 20
    /// The largest object that is read from a store.
    public static let objectBytesMax = 64 << 20
    /// Blobs are cut into parts of this size.
    public static let blobPartBytes = 8 << 20
    /// What a manifest may claim, so that no sum of it overflows: positions, counts of events and of blobs.
    static let countMax = 1 << 38
    /// The largest blob.
    static let blobBytesMax = 1 << 40
    /// Blobs named in one index.
    public static let blobsPerIndex = 100_000
}
