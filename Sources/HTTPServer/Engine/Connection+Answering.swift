internal import System
internal import Telemetry

/// From a complete request to its answer. All on the connection's own thread; `false` closes it.
extension Connection {
    /// The whole request is here.
    func requestArrived() -> Bool {
        guard let request, isBodyWhole else { return false }
        if refusal == nil, chunkLines?.endsInBareLineFeed == true {
            refusal = core.render(Self.bareLineFeed, of: request.head)
        }
        if let refusal { return move(to: .handling, until: nil) && send(refusal) }
        switch request.head.endpoint.route.handler {
        case .direct(let handler):
            if request.head.framing != .none, !move(to: .handling, until: nil) { return false }
            return send(core.respond(to: request, handler))
        case .either(let handler, let otherwise):
            if let response = core.respond(to: request, handler) {
                if request.head.framing != .none, !move(to: .handling, until: nil) { return false }
                return send(response)
            }
            return start(otherwise, request)
        case .task(let handler): return start(handler, request)
        }
    }

    private func start(_ handler: @escaping @Sendable (Request) async throws -> Response, _ request: Request) -> Bool {
        guard move(to: .handling, until: .now + core.configuration.deadlines.handler) else { return false }
        let exchange = Exchange(self, request)
        self.exchange = exchange
        exchange.start(handler)
        stage = .running
        return settle(exchange, mayWait: false)
    }

    /// The library came back to a request that a handler has.
    func answerMayBeReady() -> Bool { exchange.map { settle($0, mayWait: true) } ?? false }

    /// Sends the answer if it is there, and waits for it otherwise.
    ///
    /// - Parameter mayWait: `false` the first time that the library comes for an answer. A connection that waits is to the
    ///   library what it was when it last turned to another, and that is one to read from: once it is resumed, it is
    ///   read first, and closed if its client sends no more, its answer with it. When the library leaves without an
    ///   answer it notes that the request is whole and that there is nothing to read, and comes again at once.
    func settle(_ exchange: Exchange, mayWait: Bool) -> Bool {
        while true {
            if let response = exchange.take() {
                waiting.withLock { $0 = nil }
                self.exchange = nil
                return move(to: .handling, until: nil) && send(response)
            }
            waiting.withLock { $0 = exchange }
            if core.isTerminating {
                exchange.interrupt(.terminating)
            } else if !mayWait || doorbell.wait() {
                return true
            }
        }
    }

    /// Lets the middleware see the answer and hands it to the library.
    func send(_ response: Response) -> Bool {
        guard let request else { return false }
        var response = response
        for middleware in request.head.endpoint.middleware.reversed() { middleware.after(request, &response) }
        stage = .answered
        status = response.status.rawValue
        return queue(response, request.head)
    }

    private func queue(_ response: Response, _ head: RequestHead) -> Bool {
        guard move(to: .sending, until: .now + core.configuration.deadlines.stalledSend) else { return false }
        guard let made = library(response, head) else {
            return sendInternalError(head)
        }
        made.add("X-Request-Id", head.requestID)
        if mustClose(after: head) || isHeadOfChunks(response.body, head) { made.add("Connection", "close") }
        return made.queue(on: library, response.status)
    }

    /// Whether no further request is taken. Where a body in chunks ended is the library's word alone: it takes line ends that
    /// others do not. So whatever comes after one, another request perhaps for some proxy, is not read.
    private func mustClose(after head: RequestHead) -> Bool { core.isStopping || head.framing == .chunked }

    /// The library ends such an answer with a last chunk although no body was asked for, so nothing may come after it.
    private func isHeadOfChunks(_ body: Response.Body, _ head: RequestHead) -> Bool {
        guard head.method == .head else { return false }
        return switch body {
        case .stream(let stream): stream.length == nil
        case .events: true
        default: false
        }
    }

    private func library(_ response: Response, _ head: RequestHead) -> LibraryResponse? {
        let made: LibraryResponse? =
            switch response.body {
            case .empty: LibraryResponse(copying: [])
            case .bytes(let bytes): sending(bytes)
            case .stream(let stream): transferring(ResponsePipe(stream), length: stream.length, head)
            case .events(let stream): transferring(stream, length: nil, head)
            case .file(let content): sending(content)
            case .omitted(let length): LibraryResponse(omitting: length)
            }
        guard let made, made.add(response.headers) else { return nil }
        return made
    }

    private func sending(_ bytes: [UInt8]) -> LibraryResponse? {
        core.metrics.bytesSent.increment(by: UInt64(bytes.count))
        return LibraryResponse(copying: bytes)
    }

    private func sending(_ content: FileContent) -> LibraryResponse? {
        if content.range.isEmpty { return LibraryResponse(copying: []) }
        guard let file = content.take() else { return nil }
        core.metrics.bytesSent.increment(by: UInt64(content.range.count))
        return LibraryResponse(file, content.range)
    }

    private func transferring(_ body: any OutgoingBody, length: Int64?, _ head: RequestHead) -> LibraryResponse? {
        // Without a client that takes it nothing is begun: the library only wants to know that there would be a body.
        if head.method != .head {
            waiting.withLock { $0 = body }
            body.begin(on: self, head)
            if core.isStopping { body.interrupt(.stopping) }
        }
        return LibraryResponse(OutgoingTransfer(body, self), length: length)
    }

    private func sendInternalError(_ head: RequestHead) -> Bool {
        core.logger.error(
            "An answer has a header that cannot be sent",
            ["request_id": head.requestID, "route": head.endpoint.route.pattern])
        status = Status.internalServerError.rawValue
        let problem = core.render(Problem.internalError(isChange: !head.method.isSafe), of: head)
        guard let made = library(problem, head) else { return false }
        made.add("X-Request-Id", head.requestID)
        if mustClose(after: head) { made.add("Connection", "close") }
        return made.queue(on: library, problem.status)
    }

    /// The answer went out, or nobody was there to take it.
    func requestEnded(isComplete: Bool) {
        let now = Instant.now
        if let head = request?.head {
            core.metrics.inFlight.add(-1)
            core.record(head, status: status, .nanoseconds(now.nanoseconds - started.nanoseconds))
        } else if stage != .idle {
            core.routes.countMalformed()
        }
        heardBytes += bodyBytes
        bodyBytes = 0
        exchange?.abandon()
        exchange = nil
        waiting.withLock { $0 = nil }
        request = nil
        refusal = nil
        status = 0
        stage = .idle
        _ = move(to: .idle, until: now + core.configuration.deadlines.idle)
        if core.isStopping { stopReading() }
    }
}
