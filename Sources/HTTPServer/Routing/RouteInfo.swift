/// What a route says about itself to those who list routes, such as a generated API description.
public struct RouteInfo: Sendable {
    /// A stable name such as `characters.create`; the method and pattern where none is given.
    public var name: String?
    /// One line for people.
    public var summary: String
    /// Groups of routes it belongs to.
    public var tags: [String]
    /// Whatever else the rooms that declare routes want to find again, such as answers or who may ask.
    public var attachments = Attachments()

    public init(name: String? = nil, summary: String = "", tags: [String] = []) {
        self.name = name
        self.summary = summary
        self.tags = tags
    }
}

/// What a route does with the body of a request.
public enum BodyPolicy: Sendable, Hashable {
    /// A request with a body is refused.
    case none
    /// Received as a whole before the handler runs; more than `bytesMax` is refused with 413.
    case buffered(bytesMax: Int)
    /// Handed on while it arrives. Only for asynchronous handlers.
    case streamed(bytesMax: Int64)

    /// What routes that take a body take unless they say otherwise: 1 MiB.
    public static let standard = BodyPolicy.buffered(bytesMax: 1 << 20)
}
