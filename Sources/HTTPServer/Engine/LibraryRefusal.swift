/// What the library is about to refuse in words of its own. It says why, but not to whom.
struct LibraryRefusal {
    private let status: Int?
    private let isAboutChunks: Bool

    init(_ complaint: String) {
        status = Int(complaint.drop { !$0.isNumber }.prefix { $0.isNumber })
        isAboutChunks = complaint.contains("chunked encoding")
    }

    /// Where a connection has to be to cause it. It has caused it if there is no other on its thread.
    func concerns(_ connection: Connection) -> Bool {
        switch (connection.stage, status) {
        case (.idle, 414), (.head, 431): true
        case (.receiving, 413), (.receiving, 431), (.receiving, 500), (.dropping, 413), (.dropping, 431),
            (.dropping, 500), (.streaming, 413), (.streaming, 431), (.streaming, 500):
            connection.isReadingChunks
        case (.receiving, 400), (.dropping, 400), (.streaming, 400): isAboutChunks && connection.isReadingChunks
        default: false
        }
    }

    /// What is answered instead.
    func problem(for connection: Connection) -> Problem {
        let limits = connection.core.configuration.limits
        return switch status {
        case 400:
            .badRequest(
                "A chunk of the body is not as long as its line says, or the line does not begin with a size.",
                code: "ambiguous_framing")
        case 413: .payloadTooLarge(limitBytes: Int(max(0, connection.bodyBytesMax)))
        case 414: .uriTooLong(limitBytes: limits.targetBytesMax)
        case 500:
            Problem(
                .headersTooLarge, "headers_too_large",
                "The line before a chunk is longer than a connection has room for. Leave its extensions out.")
        default: .headersTooLarge(limitBytes: limits.headBytesMax)
        }
    }

    /// What the library finds in a complete head before it asks us.
    var problemOfCompleteHead: Problem {
        // For each cookie the library wants memory that is not there.
        status == Status.headersTooLarge.rawValue
            ? Problem(
                .headersTooLarge, "headers_too_large",
                "The cookies need more room than a connection has. Remove some, or send shorter ones.")
            : HeadReader.malformedLength
    }
}
