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
struct LogReading<Fold: ProjectionFold>: Sendable {
    let fold: Fold
    /// Rows are handed on when they have grown to so many bytes.
    let chunkBytes: Int
    /// Told of events that have been read.
    let progress: @Sendable (_ events: Int) -> Void

    func read(
        _ slice: LogSlice, on connection: isolated Connection, deliver: ([CopyRows]) throws -> Void
    ) throws -> Fold.Folding.Gathered {
        let empty = Array(repeating: CopyRows(), count: fold.tables.count)
        var folding = fold.begin(memorable: slice.memorable)
        var rows = empty
        var stream: UUID?
        try connection.copyOut("log_read_streams", slice.copy) { batch in
            for row in batch {
                let event = try FoldedEvent(row)
                if event.stream != stream {
                    if stream != nil { folding.endStream(into: &rows) }
                    stream = event.stream
                }
                try folding.take(event, into: &rows)
            }
            progress(batch.count)
            if rows.reduce(0, { $0 + $1.byteCount }) >= chunkBytes {
                try deliver(rows)
                rows = empty
            }
        }
        if stream != nil { folding.endStream(into: &rows) }
        try deliver(rows)
        return folding.gathered
    }
}
