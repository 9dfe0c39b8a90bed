public import System

/// A stretch of an open file, to be sent once without reading it into our memory.
public final class FileContent: Sendable {
    private let file: Lock<FileDescriptor?>
    let range: Range<Int64>

    public init(_ file: consuming FileDescriptor, _ range: Range<Int64>) {
        self.file = Lock(file)
        self.range = range
    }

    /// The open file, for the first who asks.
    func take() -> FileDescriptor? { file.withLock { $0.take() } }
}

extension StaticFiles {
    /// Answers with the file that the tail of the route names: `router.get("/assets/{path...}") { try files.respond(to:
    /// $0) }`.
    public func respond(to request: Request, tail: String = "path") throws(Problem) -> Response {
        let answer = try answer(
            method: request.method.description, path: request.encodedParameter(tail),
            header: request.joinedHeader)
        let length = answer.contentLength
        var response = Response(answer.status, headers: Headers(answer.headers))
        switch answer.takeBody() {
        case .none: response.body = .omitted(length: length)
        case .bytes(let bytes): response.body = .bytes(bytes)
        case .file(let file, let range): response.body = .file(FileContent(file, range))
        }
        return response
    }
}
