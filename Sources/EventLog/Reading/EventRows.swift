public import Postgres

/// Events in bulk, as COPY sends and takes them: nothing is decoded. What verifications read, and what forks, backups and
/// restores hand on.
public enum EventRows {
    /// In this order the bytes of a row are nearly the bytes that its hash covers.
    static let columns: SQL =
        "position, recorded_at, version, schema_version, stream, hash, category, type, data, meta"
    static let columnCount = 10

    /// The rows of these positions, in order.
    static func copyOut(_ range: ClosedRange<Int>) -> SQL {
        """
        COPY (SELECT \(columns) FROM log.events WHERE position >= \(unsafeSQL: String(range.lowerBound))
            AND position <= \(unsafeSQL: String(range.upperBound)) ORDER BY position) TO STDOUT (FORMAT binary)
        """
    }

    /// Into a table that was made in the same transaction: only then may rows be frozen, which spares writing them twice.
    static func copyIn(_ table: String) -> SQL {
        "COPY log.\(identifier: table) (\(columns)) FROM STDIN (FORMAT binary, FREEZE)"
    }
}

extension EventReader {
    /// Many events in order as ``EventRows``, streamed in batches of some tens of kilobytes.
    ///
    /// A connection is lent to it until the sequence ends or is let go of.
    public func rows(_ range: ClosedRange<Int>) -> CopyStream {
        pool.copyOut("log_rows", EventRows.copyOut(range))
    }
}

extension Connection {
    /// The same on this connection, so that it can belong to a transaction with other questions. Blocks the thread.
    @discardableResult
    public func copyEventRows(_ range: ClosedRange<Int>, _ body: (CopyBatch) throws -> Void) throws -> Int {
        try copyOut("log_rows", EventRows.copyOut(range), body)
    }
}
