import Cryptography
public import EventLog
public import HTTPServer
public import JSON

/// The log itself: as pages, one by one, and as a stream of what happens.
public struct LogRoutes: Sendable {
    /// Gives an event's data in the newest shape; nil where it is written in that already.
    public typealias Upcast = @Sendable (Event) -> JSONValue?

    private let reader: EventReader
    private let tail: LogTail
    private let upcast: Upcast

    public init(reader: EventReader, tail: LogTail, upcast: @escaping Upcast = { _ in nil }) {
        self.reader = reader
        self.tail = tail
        self.upcast = upcast
    }

    public func declare(in router: inout Router) {
        router.get(
            "/api/v2/admin/events",
            info: RouteInfo(
                name: "events.list", summary: "List what happened.", tags: ["Events"], details: Operation.events)
        ) { request in try await list(request) }
        router.get(
            "/api/v2/admin/events/{position}",
            info: RouteInfo(name: "events.get", summary: "Read one event.", tags: ["Events"], details: Operation.event)
        ) { request in try await get(request) }
        router.get(
            "/api/v2/stream/events",
            info: RouteInfo(
                name: "events.stream", summary: "Follow what happens, as it happens.", tags: ["Events"],
                details: Operation.eventStream)
        ) { request in try stream(request) }
    }

    private func list(_ request: Request) async throws -> Response {
        let (asked, limit, order) = try request.query.decode(unknown: .refused) { reader in
            (
                EventParameters(&reader), reader.int("limit", in: 1...EventParameters.limitMax, default: 50),
                reader.choice("order", default: EventParameters.Order.asc)
            )
        }
        let events = try await reader.events(
            asked.filter, limit: limit, order: order == .asc ? .ascending : .descending)
        // Asked afterwards, so that no event stands beyond it.
        let head = try await reader.head()
        var writer = JSONWriter()
        writer.object {
            $0.field("items") { $0.array(of: events) { write($1, isRaw: asked.isRaw, into: &$0) } }
            $0.field("head", head.position)
            $0.field("head_hash", head.hash.hex)
        }
        return .json(writer.bytes)
    }

    private func get(_ request: Request) async throws -> Response {
        let position = try request.parameter("position", as: Int.self)
        let isRaw = try request.query.decode(unknown: .refused) { $0.bool("raw", default: false) }
        guard let event = try await reader.event(at: position) else {
            let head = try await reader.head()
            throw Problem.notFound("There is no event at \(position). Use a position from 1 to \(head.position).")
        }
        return .json(document(event, isRaw: isRaw))
    }

    private func stream(_ request: Request) throws -> Response {
        let asked = try request.query.decode(unknown: .refused) { EventParameters(&$0) }
        let after = try lastEventID(request) ?? asked.filter.after
        var filter = asked.filter
        // Whoever connects again knows better than the address it first used.
        filter.after = nil
        let subscription = tail.subscribe(after: after, filter: filter)
        return .events { stream in
            for await events in subscription {
                for event in events {
                    let data = document(event, isRaw: asked.isRaw)
                    // A name is one line, whatever a hand in the database made of it.
                    let name = event.type.utf8.contains { $0 < 0x20 } ? nil : event.type
                    let text = ServerEvent(
                        id: String(event.position), name: name, data: String(decoding: data, as: UTF8.self))
                    if await !stream.sendWaiting(text) { return }
                }
            }
        }
    }

    private func lastEventID(_ request: Request) throws(Problem) -> Int? {
        guard let text = request.lastEventID, !text.isEmpty else { return nil }
        if let position = Int(text), position >= 0 { return position }
        throw .invalidParameters([
            .init(.header("Last-Event-ID"), "malformed", "Use the position of an event, or leave the header out.")
        ])
    }

    private func document(_ event: Event, isRaw: Bool) -> [UInt8] {
        var writer = JSONWriter()
        write(event, isRaw: isRaw, into: &writer)
        return writer.bytes
    }

    private func write(_ event: Event, isRaw: Bool, into writer: inout JSONWriter) {
        event.encode(into: &writer, data: isRaw ? nil : upcast(event))
    }
}
