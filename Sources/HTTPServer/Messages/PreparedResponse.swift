/// An answer made once and sent many times, without making anything for each.
///
/// It goes out as it is: with the headers it was made with and without an `X-Request-Id`, unless the client sent one or
/// a middleware changed something; then it is copied.
public final class PreparedResponse: Sendable {
    public let status: Status
    let headers: Headers
    let bytes: [UInt8]
    let library: LibraryResponse

    /// - Parameter headers: including those a middleware would add.
    public init(_ status: Status = .ok, headers: Headers, _ bytes: [UInt8]) {
        var headers = headers
        headers.isModified = false
        guard let library = LibraryResponse(copying: bytes), library.add(headers) else {
            preconditionFailure("a prepared answer has a header that cannot be sent")
        }
        self.status = status
        self.headers = headers
        self.bytes = bytes
        self.library = library
    }
}
