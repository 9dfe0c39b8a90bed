import Cryptography
import Postgres
import System

/// The statements every append is made of.
public enum LogStatements {
    /// Where those are told who wait for new events; the payload is the new head position.
    public static let channel = "lifeos_log"

    /// Locks the head, so that nobody else appends before this transaction ends, and tells the database's time.
    static let lockHead: SQL = "SELECT position, hash, recorded_at, clock_timestamp() FROM log.head FOR UPDATE"

    /// What the event at the head says, and whether there are more behind it: the head itself may have been changed by hand.
    /// To be asked after ``lockHead``, since it sees what was committed until then.
    static let witness: SQL = """
        SELECT h.position, e.hash, e.recorded_at,
            EXISTS (SELECT FROM log.events AS n WHERE n.position = h.position + 1)
        FROM log.head AS h LEFT JOIN log.events AS e ON e.position = h.position
        """

    /// The head with the time of the event that it names; nil where it does not name the last event.
    ///
    /// - Parameter witness: the answer to ``witness``.
    static func proven(_ head: LogHead, _ witness: Rows) throws(PostgresError) -> LogHead? {
        let (position, hash, recordedAt, isFollowed) = try witness.only(
            Int.self, [UInt8]?.self, Timestamp?.self, Bool.self)
        guard position == head.position, !isFollowed else { return nil }
        if position == 0 { return head.hash == LogHead.start.hash ? .start : nil }
        guard let hash, let recordedAt, SHA256Digest(hash) == head.hash else { return nil }
        return LogHead(position: position, hash: head.hash, recordedAt: recordedAt)
    }

    /// Whether an event could not be appended because its position is taken.
    static func isTaken(_ error: PostgresError) -> Bool {
        error.code == .uniqueViolation && error.query == "log_insert" && error.constraint?.hasSuffix("_pkey") == true
    }

    /// Locks the head where it still is this one; otherwise fails with ``hasGrown``.
    static func claim(_ head: LogHead) -> SQL {
        "SELECT log.claim_head(\(Int64(head.position)), \(head.hash.bytes))"
    }

    static let hasGrown = PostgresError.Code(rawValue: "LO001")
    /// The tables are another version's.
    static let isSuperseded = PostgresError.Code(rawValue: "LO003")

    static func head(_ rows: Rows) throws(PostgresError) -> (head: LogHead, now: Timestamp) {
        let (position, hash, recordedAt, now) = try rows.only(Int.self, [UInt8].self, Timestamp.self, Timestamp.self)
        // A hash of another length is that of no event.
        return (LogHead(position: position, hash: SHA256Digest(hash) ?? .zero, recordedAt: recordedAt), now)
    }

    /// One statement for any number of events.
    static func insert(_ events: [Event]) -> SQL {
        """
        INSERT INTO log.events
            (position, recorded_at, stream, version, schema_version, category, type, hash, data, meta)
        SELECT * FROM unnest(
            \(events.map { Int64($0.position) }), \(events.map(\.recordedAt)), \(events.map(\.stream)),
            \(events.map { Int32($0.version) }), \(events.map { Int32($0.schemaVersion) }),
            \(events.map(\.category)), \(events.map(\.type)), \(events.map(\.hash.bytes)),
            \(events.map { JSONBytes($0.data) }), \(events.map { JSONBytes($0.meta) }))
        """
    }

    static func move(to head: LogHead) -> SQL {
        """
        UPDATE log.head SET position = \(Int64(head.position)), hash = \(head.hash.bytes),
            recorded_at = \(head.recordedAt)
        """
    }

    /// Notes which log this one continues.
    static func `continue`(_ predecessor: LogPredecessor?) -> SQL {
        """
        UPDATE log.head SET predecessor = \(predecessor?.log?.uuid),
            predecessor_position = \(predecessor.map { Int64($0.position) })
        """
    }

    /// Makes it another log, which continues none.
    static let beginAnew: SQL =
        "UPDATE log.head SET log_id = gen_random_uuid(), predecessor = NULL, predecessor_position = NULL"

    static func notify(_ head: LogHead) -> SQL {
        "SELECT pg_notify('\(unsafeSQL: channel)', \(String(head.position)))"
    }

    /// Ends the session whose transaction is in doubt, unless it is over. False where it could not be ended.
    ///
    /// With the head locked: a session that had locked it is over by then, but one that was still to lock it would go on to
    /// commit what it was sent.
    static func end(_ former: LogSession) -> SQL {
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE pid = \(Int32(former.processID)) AND backend_start = \(former.startedAt)
        """
    }

    static let ownSession: SQL = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"

    /// Whether a batch that ended in doubt is in the log: its first event tells for all, since a batch is one transaction.
    static func hash(at position: Int) -> SQL { "SELECT hash FROM log.events WHERE position = \(Int64(position))" }

    static func event(before position: Int) -> SQL {
        "SELECT hash, recorded_at FROM log.events WHERE position = \(Int64(position - 1))"
    }

    /// How many positions one partition of the log holds, as `log.make_partition` has it.
    static let partitionSize = 1_000_000
    /// How far ahead of need the next partition is made.
    static let partitionMargin = 50_000

    /// Makes the partitions that positions up to `last` need, and the next one early enough; nil where all are there.
    static func makePartitions(from head: Int, to last: Int) -> SQL? {
        let ahead = last + partitionMargin
        let known = head == 0 ? 0 : (head + partitionMargin - 1) / partitionSize
        guard (ahead - 1) / partitionSize > known else { return nil }
        return "SELECT log.make_partition(number) FROM unnest(\([Int64(last), Int64(ahead)])) AS number"
    }
}
