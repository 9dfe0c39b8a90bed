/// One event of a `text/event-stream`.
public struct ServerSentEvent: Sendable, Equatable {
    /// What the server called it; `message` unless it said.
    public var type: String
    /// The lines of its data, joined by line feeds.
    public var data: String
    /// The last id the stream has given, with this event or before; send it as `Last-Event-ID` to go on from here.
    public var lastEventID: String
    /// How long the server last asked to be left alone before a reconnection.
    public var reconnectionTime: Duration?

    public init(
        type: String = "message", data: String, lastEventID: String = "", reconnectionTime: Duration? = nil
    ) {
        self.type = type
        self.data = data
        self.lastEventID = lastEventID
        self.reconnectionTime = reconnectionTime
    }
}

/// Reads events out of bytes cut anywhere, as the HTML standard says. A pure value; it reads nothing by itself.
public struct ServerSentEventParser: Sendable {
    /// What a server may make the parser hold.
    public struct Limits: Sendable {
        /// The longest line. Default 1 MiB.
        public var lineBytesMax = 1 << 20
        /// The data of one event, all lines together. Default 4 MiB.
        public var eventBytesMax = 4 << 20

        public init() {}
    }

    private let limits: Limits
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var type = ""
    private var lastEventID = ""
    private var reconnectionTime: Duration?
    private var isFirstLine = true
    /// A line feed right after a carriage return ends no line of its own.
    private var skipsLineFeed = false

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Takes the next bytes and gives the events they complete. What the stream's end leaves open is no event.
    public mutating func consume(_ bytes: [UInt8]) throws(HTTPClientError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var rest = bytes[...]
        if skipsLineFeed, let first = rest.first {
            skipsLineFeed = false
            if first == UInt8(ascii: "\n") { rest.removeFirst() }
        }
        while let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            try extendLine(by: rest[..<end])
            let isReturn = rest[end] == UInt8(ascii: "\r")
            rest = rest[(end + 1)...]
            if isReturn {
                if rest.isEmpty { skipsLineFeed = true }
                if rest.first == UInt8(ascii: "\n") { rest.removeFirst() }
            }
            if let event = try endLine() { events.append(event) }
        }
        try extendLine(by: rest)
        return events
    }

    private mutating func extendLine(by bytes: ArraySlice<UInt8>) throws(HTTPClientError) {
        guard line.count + bytes.count <= limits.lineBytesMax else {
            throw .event("A line of the event stream is longer than \(limits.lineBytesMax) bytes")
        }
        line += bytes
    }

    private mutating func endLine() throws(HTTPClientError) -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        try apply(field: String(decoding: line[..<colon], as: UTF8.self), value)
        return nil
    }

    /// An empty field name is a comment's, and unknown ones are passed over like it.
    private mutating func apply(field: String, _ value: ArraySlice<UInt8>) throws(HTTPClientError) {
        switch field {
        case "data":
            guard data.count + value.count < limits.eventBytesMax else {
                throw .event("An event's data is longer than \(limits.eventBytesMax) bytes")
            }
            data += value
            data.append(UInt8(ascii: "\n"))
        case "event": type = String(decoding: value, as: UTF8.self)
        case "id": if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        case "retry":
            let isNumber = !value.isEmpty && value.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
            // What does not fit into the type would be years.
            if isNumber, let milliseconds = Int64(String(decoding: value, as: UTF8.self)) {
                reconnectionTime = .milliseconds(milliseconds)
            }
        default: break
        }
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer { (type, data) = ("", []) }
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: String(decoding: data.dropLast(), as: UTF8.self),
            lastEventID: lastEventID, reconnectionTime: reconnectionTime)
    }
}

extension HTTPClientError {
    fileprivate static func event(_ detail: String) -> HTTPClientError {
        HTTPClientError(.tooLarge, host: "", mayHaveBeenSent: true, detail: detail)
    }
}
