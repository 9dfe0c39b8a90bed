public import Postgres
public import System

/// How the events of the log become the rows of projections. Rebuild and check read the log and write tables; what the
/// rows are, a fold alone knows.
public protocol ProjectionFold: Sendable {
    associatedtype Folding: StreamFolding

    /// Every table there is a row for.
    var tables: [ProjectedTable] { get }

    /// - Parameter memorable: the moment from which on receipts and the like are still worth keeping.
    func begin(memorable: Timestamp) -> Folding

    /// Adds the statements that bring what was gathered into tables that hold rows already.
    ///
    /// - Parameter wanted: the names of the tables that are there.
    func update(
        _ gathered: Folding.Gathered, wanted: Set<String>, in schema: String, into batch: inout Batch) throws
}

/// One reader of the log on its way through the streams.
public protocol StreamFolding: Sendable {
    associatedtype Gathered: GatheredRows

    /// Takes in one more event; those of one stream come one after the other.
    ///
    /// - Parameter rows: one for each of ``ProjectionFold/tables``, in that order.
    mutating func take(_ event: FoldedEvent, into rows: inout [CopyRows]) throws

    /// The stream is over.
    mutating func endStream(into rows: inout [CopyRows])

    /// What cannot be told from one stream alone.
    var gathered: Gathered { get }
}

/// Rows that come from many streams, such as words. They are kept in memory until the whole log has been read.
public protocol GatheredRows: Sendable {
    init()

    /// Takes in what another reader has gathered, and returns what of it was news.
    mutating func merge(_ other: Self) -> Self

    func write(into rows: inout [CopyRows])

    /// The events that could not be read.
    var skipped: SkippedEvents { get }
}

/// A table that a fold makes rows for.
public struct ProjectedTable: Sendable {
    public let name: String
    /// As the fold writes them.
    public let columns: [String]
    /// The columns that tell one row from another.
    public let key: [String]
    /// The column with the stream that a row comes from; nil where rows come from many.
    public let streamColumn: String?
    /// A column with a time, and for how long a row counts after that; nil where it counts for ever.
    public let expiry: Expiry?

    public struct Expiry: Sendable {
        public let column: String
        public let after: Duration

        public init(column: String, after: Duration) {
            self.column = column
            self.after = after
        }
    }

    public init(_ name: String, columns: [String], key: [String], streamColumn: String?, expiry: Expiry? = nil) {
        self.name = name
        self.columns = columns
        self.key = key
        self.streamColumn = streamColumn
        self.expiry = expiry
    }

    func copy(into schema: String) -> SQL {
        SQL(unsafeSQL: "COPY \(schema).\(name) (\(columns.joined(separator: ", "))) FROM STDIN (FORMAT binary)")
    }
}

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

extension ProjectionFold {
    /// How far back, by the log's own time, meta is worth reading.
    var memory: Duration { tables.compactMap(\.expiry?.after).max() ?? .zero }
}
