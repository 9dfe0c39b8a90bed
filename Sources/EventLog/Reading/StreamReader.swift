public import Postgres

/// Reads the log stream by stream, the events of each in their order: what rebuilds, checks and comparisons fold.
///
///     let reader = StreamReader(upTo: head, where: "stream = ANY(\(literals: streams))", metaWhere: "true")
///     try reader.read("some_streams", on: connection) { batch in try batch.forEach { event in … } }
///
/// COPY takes no parameters: what the conditions hold has to be quoted, or numbers of our own making.
public struct StreamReader: Sendable {
    private let copy: SQL

    /// - Parameters:
    ///   - last: the last position that counts.
    ///   - condition: which events are read, by the columns of `log.events`.
    ///   - metaWhere: of which of them meta is read, which costs more than all the rest.
    public init(upTo last: Int, where condition: SQL, metaWhere: SQL) {
        copy = """
            COPY (SELECT stream, version, position, recorded_at, category, type, schema_version, data,
                    CASE WHEN \(metaWhere) THEN meta END
                FROM log.events WHERE position <= \(unsafeSQL: String(last)) AND \(condition)
                ORDER BY stream, version) TO STDOUT (FORMAT binary)
            """
    }

    /// Reads on this connection until the end, or until `body` throws.
    public func read(
        _ name: QueryName, on connection: isolated Connection, _ body: (Batch) throws -> Void
    ) throws {
        try connection.copyOut(name, copy) { try body(Batch(rows: $0)) }
    }

    /// A connection is lent to it until the sequence ends or is let go of.
    ///
    /// - Parameter patience: how long the server may look and sort before the first event comes.
    public func batches(_ name: QueryName, in pool: PostgresPool, patience: Duration) -> Batches {
        Batches(rows: pool.copyOut(name, copy, patience: patience))
    }

    /// Some events, in order; a stream may go on in the next.
    public struct Batch: Sendable {
        let rows: CopyBatch

        public var count: Int { rows.count }

        /// Decodes one after the other.
        public func forEach(_ body: (FoldedEvent) throws -> Void) throws {
            for row in rows { try body(FoldedEvent(row)) }
        }
    }

    public struct Batches: AsyncSequence, Sendable {
        public typealias Element = Batch

        let rows: CopyStream

        public func makeAsyncIterator() -> Iterator { Iterator(rows: rows.makeAsyncIterator()) }

        public struct Iterator: AsyncIteratorProtocol {
            var rows: CopyStream.Iterator

            public mutating func next() async throws -> Batch? { try await rows.next().map { Batch(rows: $0) } }
        }
    }
}
