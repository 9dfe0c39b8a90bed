/// What a request is answered with.
public struct Response: Sendable {
    public var status: Status
    public var headers: Headers
    public var body: Body

    /// The content of an answer.
    public enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// Made while it is sent.
        case stream(ResponseStream)
        /// Stays open; sends events as they come.
        case events(EventStream)
        case file(FileContent)
        /// Not sent, but its size is told: for `HEAD` and for 304, where saying nothing would mean zero.
        case omitted(length: Int64)
    }

    public init(_ status: Status = .ok, headers: Headers = [:], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension Response {
    /// An answer without content: 204 unless said otherwise.
    public static func empty(_ status: Status = .noContent) -> Response { Response(status) }

    /// - Parameter bytes: JSON that is already encoded; it is not looked at.
    public static func json(_ bytes: [UInt8], _ status: Status = .ok) -> Response {
        Response(status, headers: jsonHeaders, body: .bytes(bytes))
    }

    public static func text(_ text: String, _ status: Status = .ok) -> Response {
        Response(status, headers: textHeaders, body: .bytes(Array(text.utf8)))
    }

    /// - Parameter page: a whole page, escaped where it had to be; it is not looked at.
    public static func html(_ page: String, _ status: Status = .ok) -> Response {
        Response(status, headers: htmlHeaders, body: .bytes(Array(page.utf8)))
    }

    /// Sends the client elsewhere: 303, so that it uses GET there, unless said otherwise.
    public static func redirect(to location: String, _ status: Status = .seeOther) -> Response {
        Response(status, headers: ["Location": location])
    }

    public static func problem(_ problem: Problem) -> Response {
        var headers = problemHeaders
        for (name, value) in problem.headers { headers.add(name, value) }
        return Response(problem.status, headers: headers, body: .bytes(problem.encoded()))
    }

    // Shared, so that an answer does not have to build its own.
    private static let jsonHeaders: Headers = ["Content-Type": "application/json"]
    private static let textHeaders: Headers = ["Content-Type": "text/plain; charset=utf-8"]
    private static let htmlHeaders: Headers = ["Content-Type": "text/html; charset=utf-8"]
    private static let problemHeaders: Headers = ["Content-Type": Problem.mediaType]
}
