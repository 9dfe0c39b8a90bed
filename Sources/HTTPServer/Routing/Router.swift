/// Collects routes. Patterns have static segments, parameters `{name}` that match one segment, and a tail `{name...}`
/// that matches the rest.
///
/// ```swift
/// var router = Router()
/// router.get("/songs/{id}", .path("id", .uuid, "Which song.")) { request, id in .json(try songs.find(id)) }
/// router.post("/songs") { request in try await create(request) }
/// ```
/// A route says which parameters it takes; its handler is given their values, and a query that holds anything else is
/// refused with 400.
///
/// A static segment wins over a parameter, and a parameter over a tail. `HEAD` and `OPTIONS` are answered by
/// themselves.
public struct Router: Sendable {
    /// Everything declared so far, in order.
    public private(set) var routes: [Route] = []
    private let prefix: String
    private var middleware: [any Middleware] = []
    /// Says what errors of any handler are to those who ask; nil for what is a mistake of ours.
    public private(set) var translate: @Sendable (any Error) -> Problem? = { _ in nil }

    /// How browsers are shown a problem; nil for the document that programs get.
    private(set) var page: (@Sendable (Problem) -> Response)?

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

    /// Has problems shown as pages to those who rather accept HTML than JSON.
    public mutating func showProblems(as page: @escaping @Sendable (Problem) -> Response) { self.page = page }

    /// Declares routes that share a prefix and what `build` puts around them.
    public mutating func group(_ prefix: String, _ build: (inout Router) -> Void) {
        var inner = Router(prefix: self.prefix + prefix)
        build(&inner)
        for route in inner.routes {
            routes.append(
                Route(
                    method: route.method, pattern: route.pattern, info: route.info, parameters: route.parameters,
                    body: route.body, handler: route.handler, middleware: inner.middleware + route.middleware))
        }
    }

    /// What goes around a request that found no route, and around every route from outside.
    var outermost: [any Middleware] { middleware }

    private mutating func add(
        _ method: Method, _ pattern: String, _ info: RouteInfo, _ parameters: [ParameterDeclaration],
        _ body: BodyPolicy, _ handler: Route.Handler
    ) {
        let pattern = prefix + pattern
        let inPath = RoutePattern(pattern).names
        let names = parameters.map { "\($0.place) \($0.name)" }
        precondition(Set(names).count == names.count, "\(method) \(pattern) declares a parameter twice")
        for parameter in parameters where parameter.place == .path {
            precondition(inPath.contains(parameter.name), "\(pattern) has no parameter \(parameter.name)")
        }
        routes.append(
            Route(
                method: method, pattern: pattern, info: info, parameters: parameters, body: body, handler: handler,
                middleware: []))
    }
}

extension Router {
    /// Declares a route whose handler answers at once, on the thread that read the request: it must not block.
    public mutating func on<each Value>(
        _ method: Method, _ pattern: String, body: BodyPolicy = .none, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) throws -> Response
    ) {
        let declarations = Self.declarations(repeat each parameters)
        let direct: @Sendable (Request) throws -> Response = { request in
            try handler(request, repeat each request.read(repeat each parameters))
        }
        // A streamed body can only be waited for.
        if case .streamed = body { return add(method, pattern, info, declarations, body, .task { try direct($0) }) }
        add(method, pattern, info, declarations, body, .direct(direct))
    }

    /// Declares a route whose handler may wait. One that never does is answered without a detour.
    public mutating func on<each Value>(
        _ method: Method, _ pattern: String, body: BodyPolicy = .none, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) async throws -> Response
    ) {
        add(
            method, pattern, info, Self.declarations(repeat each parameters), body,
            .task { request in try await handler(request, repeat each request.read(repeat each parameters)) })
    }

    /// Declares a route that often has its answer at hand: `ready` gives it on the thread that read the request, and must
    /// not block; where it gives none, the other handler is asked. What `ready` knows was asked for before, so its query is
    /// not read again.
    public mutating func get<each Value>(
        _ pattern: String, info: RouteInfo = RouteInfo(), _ parameters: repeat ParameterShape<each Value>,
        ready: @escaping @Sendable (Request) throws -> Response?,
        otherwise handler: @escaping @Sendable (Request, repeat each Value) async throws -> Response
    ) {
        add(
            .get, pattern, info, Self.declarations(repeat each parameters), .none,
            .either(
                ready, { request in try await handler(request, repeat each request.read(repeat each parameters)) }))
    }

    private static func declarations<each Value>(
        _ parameters: repeat ParameterShape<each Value>
    ) -> [ParameterDeclaration] {
        var declarations: [ParameterDeclaration] = []
        for parameter in repeat each parameters { declarations += parameter.declarations }
        return declarations
    }
}
