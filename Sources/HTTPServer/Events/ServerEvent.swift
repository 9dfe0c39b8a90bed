/// One event as `text/event-stream` writes it. Encoded once, however many clients it goes to.
public struct ServerEvent: Sendable {
    let encoded: [UInt8]

    /// - Parameters:
    ///   - id: what a client that connects again sends as `Last-Event-ID`; one line.
    ///   - name: the type that scripts listen for, `message` where none is given; one line.
    ///   - data: any text; its lines arrive joined by line feeds.
    ///   - retry: how long the client shall wait before it connects again.
    public init(id: String? = nil, name: String? = nil, data: String, retry: Duration? = nil) {
        self.init(id: id, name: name, utf8: Array(data.utf8), retry: retry)
    }

    /// - Parameter data: the text as UTF-8, such as JSON that is already encoded; it is not looked at.
    public init(id: String? = nil, name: String? = nil, utf8 data: [UInt8], retry: Duration? = nil) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 64)
        func line(_ field: String, _ value: some Sequence<UInt8>) {
            bytes += field.utf8
            bytes += value
            bytes.append(Self.lineFeed)
        }
        if let id {
            precondition(Self.isOneLine(id), "the identifier of an event is one line without NUL")
            line("id: ", id.utf8)
        }
        if let name {
            precondition(Self.isOneLine(name), "the name of an event is one line without NUL")
            line("event: ", name.utf8)
        }
        if let retry {
            let (seconds, attoseconds) = retry.components
            line("retry: ", "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)".utf8)
        }
        var start = 0
        while true {
            let end = Self.endOfLine(in: data, from: start)
            line("data: ", data[start..<end])
            if end == data.count { break }
            // CR LF is one line break.
            let isPair = data[end] == Self.carriageReturn && end + 1 < data.count && data[end + 1] == Self.lineFeed
            start = end + (isPair ? 2 : 1)
        }
        bytes.append(Self.lineFeed)
        encoded = bytes
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private static func endOfLine(in data: [UInt8], from start: Int) -> Int {
        var index = start
        while index < data.count, data[index] != lineFeed, data[index] != carriageReturn { index += 1 }
        return index
    }

    private static func isOneLine(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 != 0 && $0 != lineFeed && $0 != carriageReturn }
    }
}
