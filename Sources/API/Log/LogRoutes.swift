import Accounts
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
    private let document: EventDocument
    /// What streams send: in the newest shape, and as it was written.
    private let (pages, rawPages): (EventPages<ServerEvents>, EventPages<ServerEvents>)

    public init(reader: EventReader, tail: LogTail, upcast: @escaping Upcast = { _ in nil }) {
        let document = EventDocument(upcast: upcast)
        self.reader = reader
        self.tail = tail
        self.document = document
        pages = EventPages(tail: tail) { document.page(of: $0, isRaw: false) }
        rawPages = EventPages(tail: tail) { document.page(of: $0, isRaw: true) }
    }

    public func declare(in router: inout Router) {
        router.get(
            "/api/v2/admin/events",
            info: RouteInfo("events.list", "List events.", in: "Events", needs: .readLog, .events),
            .events, .limit(upTo: EventParameters.limitMax, default: 50),
            .optional(
                "order", .choice(of: EventParameters.Order.self), default: .asc, "The oldest first, or the latest.")
        ) { _, asked, limit, order in try await list(asked, limit, order) }
        router.get(
            "/api/v2/admin/events/{position}",
            info: RouteInfo("events.get", "Read one event.", in: "Events", needs: .readLog, .event),
            .path("position", .int(in: 1...Int.max), "The position in the log. The first is 1."), .raw
        ) { _, position, isRaw in try await get(position, isRaw) }
        router.get(
            "/api/v2/stream/events",
            info: RouteInfo(
                "events.stream", "Stream events as they are recorded.", in: "Events", needs: .readLog, .eventStream),
            .events, .lastEventID
        ) { _, asked, last in try await stream(asked, last) }
    }

    private func list(
        _ asked: EventParameters, _ limit: Int, _ order: EventParameters.Order
    ) async throws -> Response {
        let log = try await identity(askedFor: asked)
        let page = try await reader.page(
            asked.filter, limit: limit, order: order == .asc ? .ascending : .descending)
        // Asked afterwards, so that no event stands beyond it.
        let head = try await reader.head()
        if let after = asked.filter.after, after > head.position {
            throw LogProblems.beyondHead(.parameter("after"), log, head: head.position)
        }
        var writer = JSONWriter()
        writer.object {
            $0.field("items") { $0.array(of: page.events) { document.write($1, isRaw: asked.isRaw, into: &$0) } }
            $0.field("more", page.isFull)
            $0.field("head", head.position)
            $0.field("head_hash", head.hash.hex)
            $0.field("log", log.id.description)
        }
        return .json(writer.bytes)
    }

    private func get(_ position: Int, _ isRaw: Bool) async throws -> Response {
        guard let event = try await reader.event(at: position) else {
            let head = try await reader.head()
            throw Problem.notFound("There is no event at position \(position). Use 1 to \(head.position).")
        }
        return .json(document.bytes(of: event, isRaw: isRaw))
    }

    private func stream(_ asked: EventParameters, _ last: Int?) async throws -> Response {
        let log = try await identity(askedFor: asked)
        let after = try await start(last, asked, log)
        var filter = asked.filter
        filter.after = nil
        let portions = (asked.isRaw ? rawPages : pages).follow(after: after, filter: filter)
        let opening = Self.opening(log, head: max(tail.position ?? 0, after?.position ?? 0))
        return .events { stream in
            if !stream.send(opening) { return }
            for await portion in portions {
                if await !stream.sendWaiting(portion.content, portion.parts) { return }
            }
        }
    }

    /// Which log this is; refuses what was asked of another.
    private func identity(askedFor asked: EventParameters) async throws -> LogIdentity {
        let log = try await PointProblems.translating("log") { try await tail.log.identity() }
        if let wanted = asked.log, wanted != log.id {
            throw LogProblems.anotherLog(.parameter("log"), log, head: try await reader.head().position)
        }
        return log
    }

    /// Where a stream begins; nil for the end of the log. Whoever connects again knows better than the address it first
    /// used.
    private func start(
        _ last: Int?, _ asked: EventParameters, _ log: LogIdentity
    ) async throws -> ReachedPosition? {
        guard let position = last ?? asked.filter.after else { return nil }
        do {
            return try await PointProblems.translating("after") { try await tail.reached(position) }
        } catch let beyond as BeyondHead {
            throw LogProblems.beyondHead(
                last == nil ? .parameter("after") : .header("Last-Event-ID"), log, head: beyond.head)
        }
    }

    /// The first that a client is sent. It has no id, so that the client's position stays what it was.
    private static func opening(_ log: LogIdentity, head: Int) -> ServerEvent {
        var members: JSONObject = [:]
        for (name, value) in log.members { members[name] = value }
        members["head"] = .integer(head)
        return ServerEvent(name: "log", utf8: JSONValue.object(members).encoded())
    }
}
