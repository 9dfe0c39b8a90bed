/// Something that many routes share, such as signing in or adding headers.
///
/// Both parts run on the thread that reads requests, so they must not block.
public protocol Middleware: Sendable {
    /// Called with the head of the request, before its body is received. Throw a ``Problem`` or return a response to
    /// refuse it, or attach values for the handler.
    func before(_ request: inout Request) throws -> Response?

    /// Called with every answer, also with refusals and problems, before it is sent.
    func after(_ request: Request, _ response: inout Response)
}

extension Middleware {
    public func before(_ request: inout Request) throws -> Response? { nil }
    public func after(_ request: Request, _ response: inout Response) {}
}
