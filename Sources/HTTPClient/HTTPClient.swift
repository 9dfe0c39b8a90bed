internal import System
public import Telemetry

/// Asks other servers over HTTP/1.1: connections are kept and shared, and every wait and every size has a limit.
///
///     let client = try HTTPClient(metrics: metrics, logger: logger)
///     let answer = try await client.send(.init(.post, "https://api.example/v1", body: .bytes(json)), purpose: "billing")
///
/// One thread of its own does the work. ``shutdown()`` ends it; so does letting go of the client.
public final class HTTPClient: Sendable {
    let configuration: Configuration
    private let mailbox: Mailbox
    private let generator: Lock<any RandomNumberGenerator & Sendable>

    /// - Parameter generator: makes the span ids that go out in `traceparent` where no tracer does.
    public init(
        configuration: Configuration = Configuration(), metrics: Metrics, logger: Logger,
        generator: any RandomNumberGenerator & Sendable = QuickRandom()
    ) throws(HTTPClientError) {
        if let objection = configuration.objection {
            throw HTTPClientError(.invalidConfiguration, host: "", detail: objection)
        }
        self.configuration = configuration
        self.generator = Lock(generator)
        let multi = try MultiHandle(connectionsMax: configuration.connectionsMax)
        let mailbox = Mailbox(waking: multi)
        self.mailbox = mailbox
        let meters = ClientMeters(metrics)
        let logger = logger.named("http-client")
        Thread.detach(name: "http-client") {
            Engine(
                configuration: configuration, mailbox: mailbox, multi: multi, meters: meters, logger: logger
            ).run()
            mailbox.sayEnded()
        }
    }

    deinit { mailbox.post(.stop) }

    /// Sends the request and holds the whole answer in memory, up to the limit.
    ///
    /// - Parameter purpose: what the request is for, as one of a few words: the metrics are labelled with it.
    public func send(_ request: Request, purpose: String = "other") async throws(HTTPClientError) -> Response {
        let exchange = try await follow(request, purpose: purpose, isBuffered: true)
        let head = try exchange.head()
        return Response(status: head.status, headers: head.headers, body: try exchange.takeBytes())
    }

    /// Sends the request and returns once the answer's headers are there; its body is read as it arrives.
    ///
    /// Set ``Timeouts/total`` to `nil` for a body without an end.
    public func stream(
        _ request: Request, purpose: String = "other"
    ) async throws(HTTPClientError) -> StreamedResponse {
        let exchange = try await follow(request, purpose: purpose, isBuffered: false)
        let body = StreamedBody(exchange, of: self)
        let head = try exchange.head()
        return StreamedResponse(status: head.status, headers: head.headers, body: body)
    }

    /// Fails every request under way and waits until the thread has ended. Later requests fail at once.
    public func shutdown() async {
        mailbox.post(.stop)
        await mailbox.waitForEnd()
    }

    func census() async -> Census? {
        await withCheckedContinuation { continuation in
            if !mailbox.post(.count { continuation.resume(returning: $0) }) { continuation.resume(returning: nil) }
        }
    }
}

extension HTTPClient {
    /// Sends the request and what its redirects ask for; returns once the last answer's head (or all of it) is there.
    private func follow(
        _ request: Request, purpose: String, isBuffered: Bool
    ) async throws(HTTPClientError) -> Exchange {
        let address = try Address(request.url)
        return try await withSpan(
            "HTTP \(request.method)", kind: .client,
            attributes: [
                "http.request.method": .string(request.method.rawValue), "server.address": .string(address.host),
                "lifeos.purpose": .string(purpose),
            ]
        ) { span async throws(HTTPClientError) in
            let exchange = try await follow(request, to: address, purpose: purpose, isBuffered: isBuffered)
            if let status = exchange.status { span.set("http.response.status_code", .integer(status)) }
            return exchange
        }
    }

    private func follow(
        _ request: Request, to address: Address, purpose: String, isBuffered: Bool
    ) async throws(HTTPClientError) -> Exchange {
        var (request, address) = (request, address)
        let deadline = (request.timeouts ?? configuration.timeouts).total.map { ContinuousClock.now + $0 }
        let added = addedHeaders()
        while true {
            let wire = try WireRequest(
                request, address: address, isBuffered: isBuffered, purpose: purpose, deadline: deadline, added: added,
                configuration: configuration)
            let exchange = Exchange(
                wire, unreadBytesMax: isBuffered ? nil : configuration.streamBufferBytesMax, mailbox: mailbox)
            exchange.begin()
            await exchange.wait(for: isBuffered ? .end : .head)
            guard let next = try request.following(try exchange.head(), from: address) else { return exchange }
            // What is left of the redirect's own body interests nobody.
            exchange.dismiss()
            (request, address) = next
        }
    }

    private func addedHeaders() -> Headers {
        var headers: Headers = [:]
        if configuration.sendsTraceContext, var trace = Ambient.trace {
            // With a tracer the request has its own span already.
            if Ambient.tracer == nil { trace = generator.withLock { trace.child(using: &$0) } }
            headers["traceparent"] = trace.traceparent
            if !trace.state.header.isEmpty { headers["tracestate"] = trace.state.header }
        }
        if configuration.sendsRequestID { headers["X-Request-Id"] = Ambient.requestID }
        return headers
    }
}
