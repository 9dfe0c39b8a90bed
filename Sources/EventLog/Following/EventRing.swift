/// The latest events, as many as the limits allow, without a gap. Pure.
struct EventRing: Sendable {
    enum Answer {
        /// Some that follow, never none.
        case events([Event])
        /// Nothing follows yet.
        case upToDate
        /// They followed too long ago; the database has them.
        case gone
    }

    private let eventsMax: Int
    private let bytesMax: Int
    /// Kept from `first` on; what is before it is let go of in bulk, so that nothing is shifted for every event.
    private var events: [Event] = []
    private var first = 0
    private var bytes = 0
    /// Where the last of them stands, or whatever was before the first.
    private(set) var position: Int

    init(after position: Int, eventsMax: Int, bytesMax: Int) {
        self.position = position
        self.eventsMax = eventsMax
        self.bytesMax = bytesMax
    }

    var count: Int { events.count - first }

    /// Adds events that follow each other. A gap before them forgets all that is kept.
    mutating func append(_ more: [Event]) {
        guard let next = more.first, let last = more.last else { return }
        if next.position != position + 1 {
            events = []
            (first, bytes) = (0, 0)
        }
        events.append(contentsOf: more)
        bytes += more.reduce(0) { $0 + $1.byteCount }
        position = last.position
        while count > eventsMax || (bytes > bytesMax && count > 0) {
            bytes -= events[first].byteCount
            first += 1
        }
        if first > eventsMax || first == events.count {
            events.removeFirst(first)
            first = 0
        }
    }

    /// Those after a position, at most so many.
    func events(after position: Int, max: Int) -> Answer {
        if position >= self.position { return .upToDate }
        let offset = position - (self.position - count)
        if offset < 0 { return .gone }
        // A copy: a slice would have all that is kept copied when the next events come while somebody holds it.
        return .events(Array(events[first + offset..<min(events.count, first + offset + max)]))
    }
}

extension Event {
    /// What it takes in memory, about.
    public var byteCount: Int { data.count + meta.count + 200 }
}
