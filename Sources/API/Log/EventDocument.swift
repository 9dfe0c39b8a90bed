import EventLog
import HTTPServer
import JSON

/// How clients are shown events.
struct EventDocument: Sendable {
    let upcast: LogRoutes.Upcast

    /// - Parameter isRaw: whether to show the data as they were written.
    func write(_ event: Event, isRaw: Bool, into writer: inout JSONWriter) {
        event.encode(into: &writer, data: isRaw ? nil : upcast(event))
    }

    func bytes(of event: Event, isRaw: Bool) -> [UInt8] {
        var writer = JSONWriter()
        write(event, isRaw: isRaw, into: &writer)
        return writer.bytes
    }

    /// A page of a stream, and what it takes in memory.
    func page(of events: [Event], isRaw: Bool) -> (content: ServerEvents, bytes: Int) {
        var page = ServerEvents()
        for event in events {
            // A name is one line, whatever a hand in the database made of it.
            let name = event.type.utf8.contains { $0 < 0x20 } ? nil : event.type
            page.append(ServerEvent(id: String(event.position), name: name, utf8: bytes(of: event, isRaw: isRaw)))
        }
        return (page, page.byteCount)
    }
}
