import Cryptography
public import Postgres
public import System

/// Reads the log. It never waits for those who write, nor they for it.
///
///     let reader = EventReader(pool: pool)
///     var filter = EventFilter()
///     filter.streams = [id]
///     let history = try await reader.events(filter)
public struct EventReader: Sendable {
    let pool: PostgresPool

    public init(pool: PostgresPool) { self.pool = pool }

    /// The events that the filter wants, by one statement.
    ///
    /// - Parameters:
    ///   - limit: the first so many in the given order; default 100.
    ///   - bytesMax: ends with the event whose data and meta, with those of the events before it, take so many bytes;
    ///     default none.
    public func events(
        _ filter: EventFilter = EventFilter(), limit: Int = 100, bytesMax: Int? = nil, order: EventOrder = .ascending
    ) async throws -> [Event] {
        if limit <= 0 { return [] }
        let rows = try await pool.query("log_events", Self.select(filter, limit: limit, bytesMax: bytesMax, order))
        var events: [Event] = []
        events.reserveCapacity(rows.count)
        for row in rows { events.append(try Event(row)) }
        return events
    }

    /// The event at that position; nil where the log has not come so far.
    public func event(at position: Int) async throws -> Event? {
        let rows = try await pool.query(
            "log_event", "SELECT \(Self.columns) FROM log.events WHERE position = \(Int64(position))")
        return try rows.first.map { try Event($0) }
    }

    /// Where the log ends now.
    public func head() async throws -> LogHead {
        let rows = try await pool.query("log_head", "SELECT position, hash, recorded_at FROM log.head")
        let (position, hash, recordedAt) = try rows.only(Int.self, SHA256Digest.self, Timestamp.self)
        return LogHead(position: position, hash: hash, recordedAt: recordedAt)
    }

    /// The last position recorded at or before that moment; 0 where nothing was.
    public func position(at moment: Timestamp) async throws -> Int {
        try await pool.query("log_position_at", "SELECT log.position_at(\(moment))").only(Int.self)
    }

    /// Many events in order, streamed by COPY in batches.
    ///
    ///     for try await events in reader.events(after: 0, upTo: head.position) { … }
    ///
    /// A connection is lent to it until the sequence ends or is let go of.
    public func events(after: Int, upTo: Int) -> EventBatches {
        EventBatches(stream: pool.copyOut("log_read", Self.copy(after: after, upTo: upTo)))
    }
}

/// Events in batches of some tens of kilobytes, as ``EventReader/events(after:upTo:)`` reads them.
public struct EventBatches: AsyncSequence, Sendable {
    public typealias Element = [Event]

    let stream: CopyStream

    public func makeAsyncIterator() -> Iterator { Iterator(batches: stream.makeAsyncIterator()) }

    public struct Iterator: AsyncIteratorProtocol {
        var batches: CopyStream.Iterator

        public mutating func next() async throws -> [Event]? {
            guard let batch = try await batches.next() else { return nil }
            var events: [Event] = []
            events.reserveCapacity(batch.count)
            for row in batch { events.append(try Event(row)) }
            return events
        }
    }
}
