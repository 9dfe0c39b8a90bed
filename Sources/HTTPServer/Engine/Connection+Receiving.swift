internal import Glibc
internal import Telemetry

/// From the first byte of a request to the last of its body. All on the connection's own thread; `false` closes it.
extension Connection {
    /// The request line is here.
    func targetArrived(_ text: UnsafePointer<CChar>) {
        unsafe target.take(text)
        started = .now
        stage = .head
        // Should it have been given up, the next step notices.
        _ = move(to: .receivingHead, until: started + core.configuration.deadlines.head)
    }

    /// The head is here: decides what becomes of the request.
    func headArrived(method: UnsafePointer<CChar>, version: UnsafePointer<CChar>) -> Bool {
        guard move(to: .handling, until: nil) else { return false }
        core.metrics.inFlight.add(1)
        bodyBytes = 0
        heardBytes += Int64(library.headBytes)
        chunkLines = nil
        var reader = HeadReader(limits: core.configuration.limits, core.identifiers)
        var problem: Problem?
        do throws(Problem) {
            try unsafe reader.read(library, target: target, methodWord: method, version: version)
        } catch {
            problem = error
        }
        reader.settleRequestID()
        var places = RouteTrie.Places()
        let endpoint = core.routes.find(reader, problem, &places)
        let head = RequestHead(reader, endpoint: endpoint, places: places, remoteAddress: remoteAddress)
        request = Request(head)
        // Where the next request begins is uncertain after such a one: an answer given now closes the connection.
        if let problem { return send(core.render(problem, of: head)) }
        if head.framing == .chunked {
            chunkLines = ChunkLines(
                start: reader.bodyAddress, bytesMax: core.configuration.limits.connectionMemoryBytes)
        }
        refusal = admit()
        if head.framing == .none {
            stage = .receiving
            return true
        }
        return prepareForBody(head)
    }

    /// What a middleware answers in the handler's place.
    private func admit() -> Response? {
        guard var request else { return nil }
        do {
            for middleware in request.head.endpoint.middleware {
                if let response = try middleware.before(&request) { return response }
            }
            self.request = request
            return nil
        } catch {
            return core.render(error, of: request.head)
        }
    }

    private func prepareForBody(_ head: RequestHead) -> Bool {
        let announced: Int64? = if case .length(let count) = head.framing { count } else { nil }
        if refusal == nil, let announced, announced > bodyBytesMax { refusal = tooLarge(head) }
        if let refusal {
            // A client that waits for our leave has sent nothing yet; one that sends a lot would not hear us meanwhile.
            if head.expectsContinue || announced ?? 0 > core.configuration.limits.drainBytesMax { return send(refusal) }
            stage = .dropping
        } else if case (.streamed, .task(let handler)) = (head.endpoint.route.body, head.endpoint.route.handler) {
            stage = .streaming
            startStreaming(handler)
        } else {
            stage = .receiving
            request?.body.reserveCapacity(Int(min(announced ?? 0, 64 << 10)))
        }
        return move(to: .receivingBody, until: bodyDeadline)
    }

    /// A piece of the body. `count` is what of it was taken.
    func bodyArrived(_ bytes: UnsafeRawBufferPointer) -> (goesOn: Bool, count: Int) {
        guard let head = request?.head, unsafe isExpected(bytes, head) else { return (false, 0) }
        if stage == .streaming { return unsafe streamedBodyArrived(bytes, head) }
        bodyBytes += Int64(bytes.count)
        core.metrics.bytesReceived.increment(by: UInt64(bytes.count))
        if stage == .receiving {
            if bodyBytes <= bodyBytesMax {
                unsafe request?.body.append(contentsOf: bytes)
                return (move(to: .receivingBody, until: bodyDeadline), bytes.count)
            }
            refuse(with: tooLarge(head))
        }
        return (drop(), bytes.count)
    }

    /// The library finds the end of a body by itself. Should it ever find another than we do, what follows on this
    /// connection cannot be trusted, and it is closed.
    private func isExpected(_ bytes: UnsafeRawBufferPointer, _ head: RequestHead) -> Bool {
        switch head.framing {
        case .none: return false
        case .length(let count): return bodyBytes + Int64(bytes.count) <= count
        case .chunked:
            guard unsafe chunkLines?.areSound(before: bytes) == true, unsafe !isBareLineFeed(behind: bytes) else {
                sayLast(Self.bareLineFeed)
                return false
            }
            return true
        }
    }

    static let bareLineFeed = Problem.badRequest(
        "The line of a chunk ends in a line feed alone. End each in CR LF.", code: "ambiguous_framing")

    /// Whether the library continues to read a line behind this piece that it should not. What is there may also be left
    /// from whatever the memory was used for before.
    private func isBareLineFeed(behind piece: UnsafeRawBufferPointer) -> Bool {
        guard let distance = unsafe chunkLines?.bareLineFeed(behind: piece) else { return false }
        return bytesInLibrary.map { distance < $0 } ?? false
    }

    /// Whether the library is looking for the next piece of a body in chunks.
    var isReadingChunks: Bool { request?.head.framing == .chunked && !doorbell.isWaiting }

    /// Whether the library found as much of a body as the head announced.
    var isBodyWhole: Bool {
        if case .length(let count) = request?.head.framing { bodyBytes == count } else { true }
    }

    /// From now on the body is thrown away.
    func refuse(with response: Response) {
        refusal = response
        request?.body = []
        stage = .dropping
    }

    /// Continues throwing the body away while that is cheaper than cutting the client off.
    func drop() -> Bool {
        let limit = core.configuration.limits.drainBytesMax
        if bodyBytes <= limit + max(0, bodyBytesMax) { return move(to: .receivingBody, until: bodyDeadline) }
        sayLast(.payloadTooLarge(limitBytes: Int(max(0, bodyBytesMax))))
        return false
    }

    var bodyBytesMax: Int64 {
        switch request?.head.endpoint.route.body ?? .none {
        case .none: 0
        case .buffered(let bytesMax): Int64(bytesMax)
        case .streamed(let bytesMax): bytesMax
        }
    }

    func tooLarge(_ head: RequestHead) -> Response {
        let route = head.endpoint.route
        // Where nothing answers, that is what has to be said, not that its body is too large.
        if route.pattern.isEmpty, case .direct(let answer) = route.handler, let request {
            do { return try answer(request) } catch { return core.render(error, of: head) }
        }
        return bodyBytesMax > 0
            ? core.render(Problem.payloadTooLarge(limitBytes: Int(bodyBytesMax)), of: head)
            : core.render(
                Problem(
                    .payloadTooLarge, "no_body_expected", "This address takes no body. Send the request without one."),
                of: head)
    }

    /// Later the more has arrived, so that a large body gets its time and a dripping one does not.
    var bodyDeadline: Instant {
        let deadlines = core.configuration.deadlines
        let earned = Duration.milliseconds(bodyBytes * 1_000 / Int64(max(1, deadlines.bodyBytesPerSecondMin)))
        return started + deadlines.body + earned
    }
}
