import Cryptography
public import Postgres
public import System

/// Where the log ends by its head, by its last event and by the database's clock. All three should agree.
///
/// The head is a row that anyone with a password can change, and no hash covers it. So what it says is never believed: events
/// are appended only where it names the last event and that event's hash, and times go on from the event's own time.
public struct LogEnd: Sendable, Hashable {
    /// As `log.head` has it.
    public let head: LogHead
    /// What the event at the head's position says of itself; nil where there is none.
    let event: Witness?
    /// The position of the last event; 0 where there is none.
    public let last: Int
    /// The database's clock.
    public let now: Timestamp

    struct Witness: Sendable, Hashable {
        let hash: SHA256Digest?
        let recordedAt: Timestamp

        /// Of an empty log.
        static let start = Witness(hash: LogHead.start.hash, recordedAt: LogHead.start.recordedAt)
    }

    /// What keeps events from being appended.
    public enum Fault: Sendable, Hashable {
        /// Events at the end are missing.
        case missing(head: Int, last: Int)
        /// There are events behind the head.
        case behind(head: Int, last: Int)
        /// The last event has another hash than the head.
        case otherHash(position: Int)
    }

    public var fault: Fault? {
        if last < head.position { return .missing(head: head.position, last: last) }
        if last > head.position { return .behind(head: head.position, last: last) }
        return event?.hash == head.hash ? nil : .otherHash(position: head.position)
    }

    /// What the last event says of its time, where the head says something else.
    public var otherTime: Timestamp? {
        guard fault == nil, let event, event.recordedAt != head.recordedAt else { return nil }
        return event.recordedAt
    }

    /// The head as the last event has it.
    public var proven: LogHead? {
        guard fault == nil, let event else { return nil }
        return LogHead(position: head.position, hash: head.hash, recordedAt: event.recordedAt)
    }

    /// How far the last event is dated ahead of the database's clock.
    public var lead: Duration { max(.zero, (event?.recordedAt ?? head.recordedAt) - now) }

    /// - Parameter timeout: default that of any statement.
    public static func read(from pool: PostgresPool, timeout: Duration? = nil) async throws -> LogEnd {
        try await pool.withConnection { connection in
            if let timeout { connection.statementTimeout = timeout }
            return try read(on: connection)
        }
    }

    static func read(on connection: isolated Connection) throws -> LogEnd {
        let row = try connection.query(
            "log_end",
            """
            SELECT h.position, h.hash, h.recorded_at, e.hash, e.recorded_at,
                coalesce((SELECT max(position) FROM log.events), 0), clock_timestamp()
            FROM log.head AS h LEFT JOIN log.events AS e ON e.position = h.position
            """
        ).first
        guard let row else {
            throw PostgresError(.decoding, "log.head is empty", hint: "restore the database from a backup")
        }
        let (position, hash, recordedAt, ownHash, ownTime, last, now) = try row.decode(
            Int.self, [UInt8].self, Timestamp.self, [UInt8]?.self, Timestamp?.self, Int.self, Timestamp.self)
        let witness = ownTime.map { Witness(hash: ownHash.flatMap { SHA256Digest($0) }, recordedAt: $0) }
        return LogEnd(
            // A hash of another length is that of no event.
            head: LogHead(position: position, hash: SHA256Digest(hash) ?? .zero, recordedAt: recordedAt),
            event: position == 0 ? .start : witness, last: last, now: now)
    }
}

extension LogEnd.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let head, let last):
            "The log ends at position \(last), though its head says \(head): events are missing."
        case .behind(let head, let last):
            "There are events up to position \(last), though the log's head says that it ends at \(head)."
        case .otherHash(let position):
            "The log's head has another hash than the last event, at position \(position)."
        }
    }

    /// What to do next, as a sentence.
    public var advice: String {
        switch self {
        case .missing:
            "Stop the server, keep the database as it is, and restore the newest backup into a new one: lifeos backup restore"
        case .behind, .otherHash: "Run: lifeos log repair-head --dry-run"
        }
    }
}
