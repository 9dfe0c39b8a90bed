/// One event as `text/event-stream` writes it. Encoded once, however many clients it goes to.
public struct ServerEvent: Sendable {
    let encoded: [UInt8]

    /// - Parameters:
    ///   - id: what a client that connects again sends as `Last-Event-ID`; one line.
    ///   - name: the type that scripts listen for, `message` where none is given; one line.
    ///   - data: any text; its lines arrive joined by line feeds.
    ///   - retry: how long the client shall wait before it connects again.
    public init(id: String? = nil, name: String? = nil, data: String, retry: Duration? = nil) {
        var bytes: [UInt8] = []
        func line(_ field: String, _ value: some Sequence<UInt8>) {
            bytes += field.utf8
            bytes += value
            bytes.append(UInt8(ascii: "\n"))
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
        // CR LF is one line break, and in Swift one character.
        for part in data.split(omittingEmptySubsequences: false, whereSeparator: { "\n\r\r\n".contains($0) }) {
            line("data: ", part.utf8)
        }
        bytes.append(UInt8(ascii: "\n"))
        encoded = bytes
    }

    private static func isOneLine(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 != 0 && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    }
}
