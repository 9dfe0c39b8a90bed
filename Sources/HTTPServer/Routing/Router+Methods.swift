/// The methods by name: see ``Router/on(_:_:body:info:_:handler:)``.
extension Router {
    public mutating func get<each Value>(
        _ pattern: String, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) throws -> Response
    ) {
        on(.get, pattern, info: info, repeat each parameters, handler: handler)
    }

    public mutating func get<each Value>(
        _ pattern: String, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) async throws -> Response
    ) {
        on(.get, pattern, info: info, repeat each parameters, handler: handler)
    }

    public mutating func post<each Value>(
        _ pattern: String, body: BodyPolicy = .standard, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) throws -> Response
    ) {
        on(.post, pattern, body: body, info: info, repeat each parameters, handler: handler)
    }

    public mutating func post<each Value>(
        _ pattern: String, body: BodyPolicy = .standard, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) async throws -> Response
    ) {
        on(.post, pattern, body: body, info: info, repeat each parameters, handler: handler)
    }

    public mutating func put<each Value>(
        _ pattern: String, body: BodyPolicy = .standard, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) async throws -> Response
    ) {
        on(.put, pattern, body: body, info: info, repeat each parameters, handler: handler)
    }

    public mutating func patch<each Value>(
        _ pattern: String, body: BodyPolicy = .standard, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) async throws -> Response
    ) {
        on(.patch, pattern, body: body, info: info, repeat each parameters, handler: handler)
    }

    public mutating func delete<each Value>(
        _ pattern: String, info: RouteInfo = RouteInfo(),
        _ parameters: repeat ParameterShape<each Value>,
        handler: @escaping @Sendable (Request, repeat each Value) async throws -> Response
    ) {
        on(.delete, pattern, info: info, repeat each parameters, handler: handler)
    }
}
