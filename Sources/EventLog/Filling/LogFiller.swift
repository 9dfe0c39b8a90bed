public import Cryptography
public import Postgres
import System

/// Fills an empty log with the rows of another: a fork, a restore.
///
///     let filler = LogFiller(pool: pool)
///     try await filler.fill(upTo: 374, expecting: hash, from: reader.rows(1...374))
///
/// All of it is one transaction, and every hash is computed again while the rows pass: what fails leaves nothing. Whoever
/// reads that log meanwhile waits.
public struct LogFiller: Sendable {
    public struct Configuration: Sendable {
        /// Memory of the server for building an index.
        public var indexMegabytes = 256
        /// Helpers of the server for building an index, beside the one who builds it.
        public var indexWorkers = 2
        /// For one statement, such as one that builds an index.
        public var statementTimeout: Duration = .seconds(6 * 3_600)
        /// How long it waits for the next rows, which may come from far away.
        public var rowsPatience: Duration = .seconds(1_800)

        public init() {}
    }

    let pool: PostgresPool
    private let configuration: Configuration

    public init(pool: PostgresPool, configuration: Configuration = .init()) {
        self.pool = pool
        self.configuration = configuration
    }

    /// Takes rows up to and including that position; what comes behind it is not looked at.
    ///
    /// - Parameters:
    ///   - hash: the hash of the last; nil if unknown.
    ///   - predecessor: which log the rows are of; nil where this one continues none.
    ///   - rows: ``EventRows`` in order, from the first on.
    ///   - progress: told how many events are there, from any thread, some times a second.
    ///   - alongside: what else belongs to it: happens in the same transaction.
    /// - Returns: the head of the log.
    /// - Throws: ``LogFillError``; ``LogFault`` where the rows are not a chain; what `rows` throws.
    @discardableResult
    public func fill<Rows: AsyncSequence & Sendable>(
        upTo last: Int, expecting hash: SHA256Digest? = nil, continuing predecessor: LogPredecessor? = nil,
        from rows: Rows,
        progress: @escaping @Sendable (_ count: Int) -> Void = { _ in },
        alongside: @escaping @Sendable (isolated Connection) throws -> Void = { _ in }
    ) async throws -> LogHead where Rows.Element == CopyBatch {
        try await pool.withConnection { connection in
            connection.statementTimeout = configuration.statementTimeout
            return try await connection.transaction(idleMax: configuration.rowsPatience) { connection in
                try clear(on: connection)
                let head = try await copy(rows, upTo: last, progress, on: connection)
                guard head.position == last, hash == nil || head.hash == hash else {
                    throw LogFillError.endsElsewhere(
                        StatedHead(head), wanted: last, hash: hash)
                }
                try connection.execute("fill_streams", "SELECT log.fill_streams()")
                try connection.execute("fill_analyze", "ANALYZE log.streams")
                try alongside(connection)
                try finish(head, on: connection)
                try connection.execute("fill_predecessor", LogStatements.continue(predecessor))
                return head
            }
        }
    }

    /// Empties a log that was just filled, for those who found out too late that something else is missing.
    ///
    /// - Parameter head: what ``fill(upTo:expecting:from:progress:alongside:)`` returned. Where the log has continued since,
    ///   this throws ``LogFillError/notEmpty(head:)`` and changes nothing.
    public func takeBack(
        _ head: LogHead, alongside: @escaping @Sendable (isolated Connection) throws -> Void = { _ in }
    ) async throws {
        try await pool.withConnection { connection in
            connection.statementTimeout = configuration.statementTimeout
            try await connection.transaction { connection in
                let now = try LogStatements.head(connection.query("fill_lock", LogStatements.lockHead)).head
                guard now == head else { throw LogFillError.notEmpty(head: now.position) }
                try dropPartitions(on: connection)
                // Takes no room, which may be what is missing.
                try connection.execute("fill_forget", "DELETE FROM log.streams")
                try alongside(connection)
                try finish(.start, on: connection)
                // Somebody may have seen positions of what is gone now.
                try connection.execute("fill_rename", LogStatements.beginAnew)
            }
        }
    }

    /// Makes sure that the log is empty and stays so, and takes away the partitions that it has.
    private func clear(on connection: isolated Connection) throws {
        let head = try connection.query("fill_lock", LogStatements.lockHead).only(
            Int.self, [UInt8].self, Timestamp.self, Timestamp.self
        ).0
        guard head == 0 else { throw LogFillError.notEmpty(head: head) }
        guard try connection.query("fill_look", "SELECT EXISTS (SELECT FROM log.events)").only(Bool.self) == false
        else { throw LogFillError.notEmpty(head: head) }
        try dropPartitions(on: connection)
        try connection.runScript(
            "fill_settings",
            unsafeSQL: """
                SET LOCAL maintenance_work_mem = '\(configuration.indexMegabytes)MB';
                SET LOCAL max_parallel_maintenance_workers = \(configuration.indexWorkers);
                """)
    }

    private func dropPartitions(on connection: isolated Connection) throws {
        let partitions = try connection.query(
            "fill_partitions",
            """
            SELECT c.relname::text FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'log.events'::regclass
            """
        ).decode(String.self)
        for partition in partitions {
            try connection.execute("fill_clear", "DROP TABLE log.\(identifier: partition)")
        }
    }

    private func copy<Rows: AsyncSequence>(
        _ rows: Rows, upTo last: Int, _ progress: (Int) -> Void, on connection: isolated Connection
    ) async throws -> LogHead where Rows.Element == CopyBatch {
        let size = try connection.query("fill_size", "SELECT log.partition_size()").only(Int64.self)
        var feed = try RowFeed(rows.makeAsyncIterator(), upTo: last)
        while let first = try await feed.nextPosition() {
            let (number, table) = (Int64(first), try makeTable(for: first, on: connection))
            let end = Int(((number - 1) / size + 1) * size)
            try await connection.copyIn("fill_rows", EventRows.copyIn(table)) { writer in
                while let batch = try await feed.next(upTo: end) {
                    try writer.write(batch)
                    progress(feed.head.position)
                }
            }
            try connection.execute("fill_attach", "SELECT log.attach_partition(\(number))")
            // Rebuilds ask this log at once, before the server would look at it by itself.
            try connection.execute("fill_analyze", "ANALYZE log.\(identifier: table)")
        }
        return feed.head
    }

    private func makeTable(for position: Int, on connection: isolated Connection) throws -> String {
        try connection.query("fill_table", "SELECT log.make_partition_table(\(Int64(position)))").only(String.self)
    }

    private func finish(_ head: LogHead, on connection: isolated Connection) throws {
        let wanted = [Int64(max(1, head.position)), Int64(head.position + LogStatements.partitionMargin)]
        try connection.execute(
            "fill_partition", "SELECT log.make_partition(number) FROM unnest(\(wanted)) AS number")
        try connection.execute("fill_head", LogStatements.move(to: head))
        try connection.execute("fill_notify", LogStatements.notify(head))
    }
}

/// Why a log was not filled. It is as it was before.
public enum LogFillError: Error, Sendable, Equatable, CustomStringConvertible {
    case notEmpty(head: Int)
    /// The rows end at another place, or are another log's.
    case endsElsewhere(StatedHead, wanted: Int, hash: SHA256Digest?)

    public var description: String {
        switch self {
        case .notEmpty(let head):
            "the log is not empty: it ends at position \(head); use a new database, nothing is ever overwritten"
        case .endsElsewhere(let head, let wanted, let hash):
            if head.position != wanted {
                "the rows end at position \(head.position), not at \(wanted); something of them is missing"
            } else {
                "the event at position \(wanted) has the hash \(head.hash.hex), not \(hash?.hex ?? "any"): this is "
                    + "another log"
            }
        }
    }
}
