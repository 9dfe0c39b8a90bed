import Postgres

/// Events up to one of the limits of a page.
public struct EventPage: Sendable {
    public let events: [Event]
    /// Whether a limit ended it: then more may follow behind its last event.
    public let isFull: Bool

    /// What the events of a page may take together unless something else is said; a single event may take more.
    public static let bytesMax = 8 << 20
}

extension EventReader {
    /// The events that the filter wants, as many as a page holds.
    ///
    /// - Parameters:
    ///   - limit: so many at most.
    ///   - bytesMax: ends with the event whose data and meta, with those of the events before it, take so many bytes.
    public func page(
        _ filter: EventFilter, limit: Int, bytesMax: Int = EventPage.bytesMax, order: EventOrder = .ascending
    ) async throws -> EventPage {
        let events = try await events(filter, limit: limit, bytesMax: bytesMax, order: order)
        let bytes = events.reduce(0) { $0 + $1.byteCount }
        return EventPage(events: events, isFull: events.count == limit || bytes >= bytesMax)
    }

    /// The position of the first of the last so many events that the filter wants; nil where there is none.
    public func position(ofLast count: Int, _ filter: EventFilter) async throws -> Int? {
        try await pool.query("log_last", Self.firstPosition(ofLast: count, filter)).only(Int?.self)
    }
}
