internal import System
internal import Telemetry

/// A body that is handed on while it arrives. All on the connection's own thread; `false` closes it.
extension Connection {
    func startStreaming(_ handler: @escaping @Sendable (Request) async throws -> Response) {
        guard var request else { return }
        let pipe = RequestPipe(doorbell, bytesMax: core.configuration.limits.streamBufferBytesMax)
        request.stream = RequestStream(pipe: pipe)
        self.request = request
        let exchange = Exchange(self, request)
        self.exchange = exchange
        waiting.withLock { $0 = exchange }
        exchange.start(handler)
    }

    func streamedBodyArrived(_ bytes: UnsafeRawBufferPointer, _ head: RequestHead) -> (goesOn: Bool, count: Int) {
        guard let exchange, let pipe = request?.stream.pipe else { return (false, 0) }
        if bodyBytes + Int64(bytes.count) > bodyBytesMax {
            pipe.finish(.payloadTooLarge(limitBytes: Int(bodyBytesMax)))
            bodyBytes += Int64(bytes.count)
            // The handler may want to say something of its own; until then the rest is thrown away.
            return (drop(), bytes.count)
        }
        while !exchange.isOver {
            if unsafe pipe.push(bytes) || isLast(bytes, head) && pipe.push(bytes, isLast: true) {
                bodyBytes += Int64(bytes.count)
                core.metrics.bytesReceived.increment(by: UInt64(bytes.count))
                return (move(to: .receivingBody, until: bodyDeadline), bytes.count)
            }
            // Not the client's fault, so it is the handler's time that runs.
            guard move(to: .handling, until: .now + core.configuration.deadlines.handler) else { return (false, 0) }
            if core.isTerminating { exchange.interrupt(.terminating) } else if doorbell.wait() { return (true, 0) }
        }
        bodyBytes += Int64(bytes.count)
        return (drop(), bytes.count)
    }

    /// Whether nothing is left to be read from the client. The library would close a connection that waits then: it reads
    /// before it offers again what was not taken.
    private func isLast(_ bytes: UnsafeRawBufferPointer, _ head: RequestHead) -> Bool {
        if case .length(let count) = head.framing { return bodyBytes + Int64(bytes.count) == count }
        return isAtEnd
    }

    /// The last of the body is here.
    func streamedBodyEnded() -> Bool {
        guard let exchange, isBodyWhole else { return false }
        request?.stream.pipe?.finish(chunkLines?.endsInBareLineFeed == true ? Self.bareLineFeed : nil)
        guard move(to: .handling, until: .now + core.configuration.deadlines.handler) else { return false }
        stage = .running
        return settle(exchange, mayWait: false)
    }
}
