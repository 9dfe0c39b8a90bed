/// One method on one pattern, and what answers it.
public struct Route: Sendable {
    public let method: Method
    /// Such as `/api/v2/{collection}/{id}`; this is also the label in metrics.
    public let pattern: String
    public let info: RouteInfo
    /// What it takes beside its body. Anything else in a query is refused.
    public let parameters: [ParameterDeclaration]
    public let body: BodyPolicy
    let handler: Handler
    let middleware: [any Middleware]

    /// What a request is answered by.
    enum Handler: Sendable {
        /// Runs on the thread that read the request: it must not block.
        case direct(@Sendable (Request) throws -> Response)
        /// The first answers at once where it can, like a direct one; the second is asked where it could not.
        case either(@Sendable (Request) throws -> Response?, @Sendable (Request) async throws -> Response)
        /// Runs as a task; the connection waits without holding a thread.
        case task(@Sendable (Request) async throws -> Response)
    }
}
