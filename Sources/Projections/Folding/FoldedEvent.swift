public import Postgres
public import System

/// What a fold has to know of an event.
public struct FoldedEvent: Sendable {
    public let stream: UUID
    public let version: Int
    public let position: Int
    public let recordedAt: Timestamp
    public let category: String
    public let type: String
    public let schemaVersion: Int
    public let data: [UInt8]
    /// Only of events that are still memorable.
    public let meta: [UInt8]?

    public init(_ row: CopyRow) throws(PostgresError) {
        let (stream, version, position, recordedAt, category, type, schemaVersion, data, meta) = try row.decode(
            UUID.self, Int32.self, Int64.self, Timestamp.self, String.self, String.self, Int32.self, JSONBytes.self,
            JSONBytes?.self)
        self.stream = stream
        self.version = Int(version)
        self.position = Int(position)
        self.recordedAt = recordedAt
        self.category = category
        self.type = type
        self.schemaVersion = Int(schemaVersion)
        self.data = data.bytes
        self.meta = meta?.bytes
    }
}
