public import Cryptography
public import System

/// An event in the log.
public struct Event: Sendable, Hashable {
    /// Its position in the log: 1, 2, 3, … without a gap.
    public let position: Int
    /// Never earlier than that of the position before.
    public let recordedAt: Timestamp
    public let stream: UUID
    /// Its version within its stream: 1, 2, 3, …
    public let version: Int
    /// What kind of stream it belongs to, such as `character`.
    public let category: String
    /// Such as `character.created`.
    public let type: String
    /// The version of the catalogue's declaration that its data were written by.
    public let schemaVersion: Int
    /// JSON, byte for byte as it was hashed.
    public let data: [UInt8]
    /// JSON as well: who, why, on whose behalf. See ``EventMeta``.
    public let meta: [UInt8]
    /// Covers everything above and the hash of the position before.
    public let hash: SHA256Digest

    public init(
        position: Int, recordedAt: Timestamp, stream: UUID, version: Int, category: String, type: String,
        schemaVersion: Int, data: [UInt8], meta: [UInt8], hash: SHA256Digest
    ) {
        self.position = position
        self.recordedAt = recordedAt
        self.stream = stream
        self.version = version
        self.category = category
        self.type = type
        self.schemaVersion = schemaVersion
        self.data = data
        self.meta = meta
        self.hash = hash
    }
}

/// An event that has yet to get its position, time and hash.
public struct EventDraft: Sendable {
    public var stream: UUID
    public var version: Int
    public var category: String
    public var type: String
    public var schemaVersion: Int
    public var data: [UInt8]
    public var meta: [UInt8]

    public init(
        stream: UUID, version: Int, category: String, type: String, schemaVersion: Int, data: [UInt8], meta: [UInt8]
    ) {
        self.stream = stream
        self.version = version
        self.category = category
        self.type = type
        self.schemaVersion = schemaVersion
        self.data = data
        self.meta = meta
    }
}
