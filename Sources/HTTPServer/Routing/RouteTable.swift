internal import Telemetry

/// All routes, ready to be found; built once when a server is made.
struct RouteTable: Sendable {
    /// What answers the methods of one pattern; where a method has no route, something that says so.
    private struct Leaf: Sendable {
        var endpoints: [Endpoint?]
        let otherwise: Endpoint
        let options: Endpoint
    }

    private let trie: RouteTrie
    private let leaves: [Leaf]
    private let missing: Endpoint
    private let anything: Endpoint

    init(_ router: Router, _ metrics: ServerMetrics) {
        func builtIn(_ handler: @escaping @Sendable (Request) throws -> Response) -> Endpoint {
            let route = Route(
                method: .get, pattern: "", info: RouteInfo(), parameters: [], body: .none,
                handler: .direct(handler), middleware: [])
            return Endpoint(
                route, parameters: [], middleware: router.outermost, metrics.route(pattern: "none", method: "any"))
        }
        var patterns: [(pattern: RoutePattern, leaf: Int)] = []
        var byParts: [[RoutePattern.Part]] = []
        var endpoints: [[Method: Endpoint]] = []
        for route in router.routes {
            let pattern = RoutePattern(route.pattern)
            let leaf = byParts.firstIndex(of: pattern.parts) ?? byParts.count
            if leaf == byParts.count {
                byParts.append(pattern.parts)
                patterns.append((pattern, leaf))
                endpoints.append([:])
            }
            precondition(endpoints[leaf][route.method] == nil, "\(route.method) \(route.pattern) is declared twice")
            endpoints[leaf][route.method] = Endpoint(
                route, parameters: pattern.names, middleware: router.outermost + route.middleware,
                metrics.route(pattern: route.pattern, method: route.method.description))
        }
        trie = RouteTrie(patterns)
        leaves = endpoints.map { known in
            var methods = Set(known.keys).union([.options])
            if methods.contains(.get) { methods.insert(.head) }
            let allowed = Method.allCases.filter(methods.contains).map(\.description)
            return Leaf(
                endpoints: Method.allCases.map { known[$0] ?? ($0 == .head ? known[.get] : nil) },
                otherwise: builtIn { throw Problem.methodNotAllowed($0.method.description, allowed: allowed) },
                options: builtIn { _ in Response(.noContent, headers: ["Allow": allowed.joined(separator: ", ")]) })
        }
        missing = builtIn { request in throw Self.nothingAt(request.path) }
        anything = builtIn { _ in
            Response(.noContent, headers: ["Allow": Method.allCases.map(\.description).joined(separator: ", ")])
        }
    }

    /// What answers a request whose head was read, or could not be.
    func find(_ head: borrowing HeadReader, _ problem: Problem?, _ places: inout RouteTrie.Places) -> Endpoint {
        guard problem == nil else { return missing }
        let (method, path) = (head.method, head.path)
        return unsafe head.bytes.withUnsafeBufferPointer {
            unsafe find(method, UnsafeBufferPointer(rebasing: $0[path.range]), &places)
        }
    }

    /// Counts a request that the library refused by itself.
    func countMalformed() { missing.metrics.count(Status.badRequest.rawValue) }

    /// Always finds something: what answers, or what explains why nothing does.
    func find(_ method: Method, _ path: UnsafeBufferPointer<UInt8>, _ places: inout RouteTrie.Places) -> Endpoint {
        if method == .options, path.count == 1, unsafe path[0] == UInt8(ascii: "*") { return anything }
        guard let index = unsafe trie.find(path, &places) else { return missing }
        let leaf = leaves[index]
        if let endpoint = leaf.endpoints[Int(method.rawValue)] { return endpoint }
        return method == .options ? leaf.options : leaf.otherwise
    }

    private static func nothingAt(_ path: String) -> Problem {
        path.count > 1 && path.hasSuffix("/")
            ? .notFound("Nothing is at this address. Try it without the slash at the end.", code: "no_route")
            : .notFound("Nothing is at this address. Check the path.", code: "no_route")
    }
}

/// A route with what a running server adds to it.
final class Endpoint: Sendable {
    let route: Route
    let parameters: [String]
    /// From the outside in.
    let middleware: [any Middleware]
    let metrics: RouteMetrics

    init(_ route: Route, parameters: [String], middleware: [any Middleware], _ metrics: RouteMetrics) {
        self.route = route
        self.parameters = parameters
        self.middleware = middleware
        self.metrics = metrics
    }
}
