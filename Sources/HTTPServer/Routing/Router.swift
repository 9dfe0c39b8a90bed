/// Collects routes. Patterns have static segments, parameters `{name}` that match one segment, and a tail `{name...}`
/// that matches the rest.
///
/// ```swift
/// var router = Router()
/// router.get("/api/v2/{collection}/{id}") { request in .json(try entities.find(request.parameter("id"))) }
/// router.post("/api/v2/{collection}") { request in try await create(request) }
/// ```
/// A static segment wins over a parameter, and a parameter over a tail. `HEAD` and `OPTIONS` are answered by
/// themselves.
public struct Router: Sendable {
    /// Everything declared so far, in order.
    public private(set) var routes: [Route] = []
    private let prefix: String
    private var middleware: [any Middleware] = []
    /// Says what errors of any handler are to those who ask; nil for what is a mistake of ours.
    public private(set) var translate: @Sendable (any Error) -> Problem? = { _ in nil }

    public init() { prefix = "" }

    private init(prefix: String) { self.prefix = prefix }

    /// Puts a middleware around every route of this router, also around those declared before.
    ///
    /// The first one declared sees a request first and its answer last.
    public mutating func use(_ middleware: any Middleware) { self.middleware.append(middleware) }

    /// Has errors that handlers throw told as problems, whichever route they come from. What no translation knows is a
    /// mistake of ours: 500.
    public mutating func translateErrors(_ translate: @escaping @Sendable (any Error) -> Problem?) {
        let former = self.translate
        self.translate = { former($0) ?? translate($0) }
    }

    /// Declares routes that share a prefix and what `build` puts around them.
    public mutating func group(_ prefix: String, _ build: (inout Router) -> Void) {
        var inner = Router(prefix: self.prefix + prefix)
        build(&inner)
        for route in inner.routes {
            routes.append(
                Route(
                    method: route.method, pattern: route.pattern, info: route.info, body: route.body,
                    handler: route.handler, middleware: inner.middleware + route.middleware))
        }
    }

    /// What goes around a request that found no route, and around every route from outside.
    var outermost: [any Middleware] { middleware }

    private mutating func add(
        _ method: Method, _ pattern: String, _ info: RouteInfo, _ body: BodyPolicy, _ handler: Route.Handler
    ) {
        var handler = handler
        // A streamed body can only be waited for.
        if case (.direct(let direct), .streamed) = (handler, body) { handler = .task { try direct($0) } }
        routes.append(
            Route(method: method, pattern: prefix + pattern, info: info, body: body, handler: handler, middleware: []))
    }
}

extension Router {
    /// Declares a route whose handler answers at once, on the thread that read the request: it must not block.
    public mutating func on(
        _ method: Method, _ pattern: String, body: BodyPolicy = .none, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) throws -> Response
    ) {
        add(method, pattern, info, body, .direct(handler))
    }

    /// Declares a route whose handler may wait. One that never does is answered without a detour.
    public mutating func on(
        _ method: Method, _ pattern: String, body: BodyPolicy = .none, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) async throws -> Response
    ) {
        add(method, pattern, info, body, .task(handler))
    }

    public mutating func get(
        _ pattern: String, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) throws -> Response
    ) {
        add(.get, pattern, info, .none, .direct(handler))
    }

    public mutating func get(
        _ pattern: String, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) async throws -> Response
    ) {
        add(.get, pattern, info, .none, .task(handler))
    }

    /// Declares a route that often has its answer at hand: `ready` gives it on the thread that read the request, and must
    /// not block; where it gives none, the other handler is asked.
    public mutating func get(
        _ pattern: String, info: RouteInfo = RouteInfo(),
        ready: @escaping @Sendable (Request) throws -> Response?,
        otherwise handler: @escaping @Sendable (Request) async throws -> Response
    ) {
        add(.get, pattern, info, .none, .either(ready, handler))
    }

    public mutating func post(
        _ pattern: String, body: BodyPolicy = .standard, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) throws -> Response
    ) {
        add(.post, pattern, info, body, .direct(handler))
    }

    public mutating func post(
        _ pattern: String, body: BodyPolicy = .standard, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) async throws -> Response
    ) {
        add(.post, pattern, info, body, .task(handler))
    }

    public mutating func put(
        _ pattern: String, body: BodyPolicy = .standard, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) async throws -> Response
    ) {
        add(.put, pattern, info, body, .task(handler))
    }

    public mutating func patch(
        _ pattern: String, body: BodyPolicy = .standard, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) async throws -> Response
    ) {
        add(.patch, pattern, info, body, .task(handler))
    }

    public mutating func delete(
        _ pattern: String, info: RouteInfo = RouteInfo(),
        _ handler: @escaping @Sendable (Request) async throws -> Response
    ) {
        add(.delete, pattern, info, .none, .task(handler))
    }
}
