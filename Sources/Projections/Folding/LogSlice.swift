import Postgres
import System

/// Which events of the log are read, stream by stream.
struct LogSlice: Sendable {
    enum Streams: Sendable {
        /// From the first until before the second; nil where there is no bound.
        case range(from: UUID?, until: UUID?)
        case these([UUID])
        /// All that have an event after this position.
        case touched(after: Int)
    }

    var streams: Streams
    /// The last position that counts.
    var last: Int
    /// Meta is read from here on.
    var memorable: Timestamp
    /// What was before is in the sums already.
    var countsAfter = 0

    /// COPY takes no parameters; what is pasted in here are numbers, identifiers and times of our own making.
    var copy: SQL {
        """
        COPY (SELECT stream, version, position, recorded_at, category, type, schema_version, data,
                CASE WHEN recorded_at >= \(literal: memorable.description) THEN meta END
            FROM log.events WHERE position <= \(unsafeSQL: String(last)) AND \(condition) ORDER BY stream, version)
            TO STDOUT (FORMAT binary)
        """
    }

    private var condition: SQL {
        switch streams {
        case .range(let from, let until):
            let bounds: [SQL?] = [
                from.map { "stream >= \(literal: $0.description)" },
                until.map { "stream < \(literal: $0.description)" },
            ]
            return bounds.reduce(into: "true" as SQL) { all, bound in if let bound { all = "\(all) AND \(bound)" } }
        case .these(let streams): return "stream = ANY(\(literals: streams))"
        case .touched(let position):
            return """
                stream IN (SELECT stream FROM log.events
                    WHERE position > \(unsafeSQL: String(position)) AND position <= \(unsafeSQL: String(last)))
                """
        }
    }
}

/// Reads a slice of the log and makes rows of it.
struct LogReading: Sendable {
    let fold: ProjectionFold
    /// The tables that rows are wanted for.
    let tables: Set<String>
    /// Rows are handed on when they have grown to so many bytes.
    let chunkBytes: Int
    /// Told of events that have been read.
    let progress: @Sendable (_ events: Int) -> Void

    /// - Returns: what was gathered of all streams, beyond the rows that were delivered.
    func read(
        _ slice: LogSlice, on connection: isolated Connection, deliver: ([CopyRows]) throws -> Void
    ) throws -> FoldRun {
        var run = FoldRun(
            fold, FoldScope(tables: tables, memorable: slice.memorable, countsAfter: slice.countsAfter))
        var rows = Array(repeating: CopyRows(), count: run.tables.count)
        func gather() { for (index, more) in run.takeRows().enumerated() { rows[index].append(contentsOf: more) } }
        try connection.copyOut("log_read_streams", slice.copy) { batch in
            for row in batch { try run.apply(FoldedEvent(row)) }
            progress(batch.count)
            gather()
            if rows.reduce(0, { $0 + $1.byteCount }) >= chunkBytes {
                try deliver(rows)
                rows = Array(repeating: CopyRows(), count: run.tables.count)
            }
        }
        run.endStream()
        gather()
        try deliver(rows)
        return run
    }
}
