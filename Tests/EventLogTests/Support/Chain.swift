import EventLog
import Testing

/// What always has to hold of events read in order from the first.
func expectGaplessChain(_ events: [Event], _ head: LogHead, _ location: SourceLocation = #_sourceLocation) {
    #expect(events.map(\.position) == events.indices.map { $0 + 1 }, sourceLocation: location)
    var hasher = EventHasher()
    var last = LogHead.start
    for event in events {
        #expect(event.recordedAt >= last.recordedAt, "position \(event.position)", sourceLocation: location)
        #expect(
            event.hash == hasher.hash(event, after: last.hash), "position \(event.position)", sourceLocation: location)
        last = LogHead(position: event.position, hash: event.hash, recordedAt: event.recordedAt)
    }
    #expect(last == head, sourceLocation: location)
    for (stream, own) in Dictionary(grouping: events, by: \.stream) {
        #expect(own.map(\.version) == own.indices.map { $0 + 1 }, "stream \(stream)", sourceLocation: location)
    }
}
