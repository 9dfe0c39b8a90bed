public import Telemetry

/// A request, as handlers and middleware see it. It is a value: keep it as long as you like.
public struct Request: Sendable {
    let head: RequestHead
    /// The whole body where the route buffers it, otherwise empty.
    public internal(set) var body: [UInt8] = []
    /// The body as it arrives, on routes that stream it; elsewhere ``body`` in one piece.
    public internal(set) var stream: RequestStream
    /// What middleware found out for the handlers, such as who is asking.
    public var attachments = Attachments()

    init(_ head: RequestHead) {
        self.head = head
        stream = .empty
    }

    public var method: Method { head.method }
    /// Path and query exactly as they came.
    public var target: String { head.text(head.target) }
    /// The path, still percent-encoded but for characters that need no encoding.
    public var path: String { head.text(head.path) }
    /// The route that matched; its pattern is empty where none did.
    public var route: Route { head.endpoint.route }
    /// Who is connected; behind a proxy that is the proxy.
    public var remoteAddress: RemoteAddress { head.remoteAddress }
    /// Names this request in logs and answers: the client's `X-Request-Id` where it is well-formed, else a new one.
    public var requestID: String { head.requestID }
    /// The span of this request, a child of the client's `traceparent` where there is one.
    public var trace: TraceContext { head.trace }

    /// The parameters of the query, decoded. Handlers get those that their route declares, so that none is read unsaid.
    var query: Parameters {
        get throws(Problem) { try Parameters(query: head.text(head.query)) }
    }

    /// The parameters of the path, decoded once.
    var parameters: Parameters {
        get throws(Problem) {
            try Parameters(
                path: head.endpoint.parameters.enumerated().map { index, name in
                    (name: name, value: head.text(head.places[index].shifted(by: head.path.start)))
                })
        }
    }

    /// One parameter of the path as it came.
    func encodedParameter(_ name: String) -> String { head.text(place(of: name)) }

    private func place(of name: String) -> Extent {
        guard let index = head.endpoint.parameters.firstIndex(of: name) else {
            preconditionFailure("the pattern \(head.endpoint.route.pattern) has no parameter \(name)")
        }
        return head.places[index].shifted(by: head.path.start)
    }

    /// The first header of this name, in any case.
    public func header(_ name: String) -> String? { head.values(of: name).first.map(head.text) }

    /// Every header of this name, in order.
    public func headers(_ name: String) -> [String] { head.values(of: name).map(head.text) }
}

/// Values that travel with a request, found by their type.
public struct Attachments: Sendable {
    private var values: [(key: ObjectIdentifier, value: any Sendable)] = []

    public subscript<Value: Sendable>(type: Value.Type) -> Value? {
        get { values.first { $0.key == ObjectIdentifier(type) }?.value as? Value }
        set {
            values.removeAll { $0.key == ObjectIdentifier(type) }
            if let newValue { values.append((ObjectIdentifier(type), newValue)) }
        }
    }
}
