internal import Synchronization
internal import System
internal import Telemetry

/// What every connection of a server shares.
final class ServerCore: Sendable {
    let configuration: HTTPServer.Configuration
    let declaredRoutes: [Route]
    let routes: RouteTable
    let metrics: ServerMetrics
    let logger: Logger
    let identifiers: any IdentifierSource
    let table: ConnectionTable
    private let translate: @Sendable (any Error) -> Problem?
    private let page: (@Sendable (Problem) -> Response)?
    private let isStoppingFlag = Atomic(false)
    private let isTerminatingFlag = Atomic(false)
    private let answered = Atomic<Int>(0)

    init(
        _ configuration: HTTPServer.Configuration, _ router: Router, _ metrics: Metrics, _ logger: Logger,
        _ identifiers: any IdentifierSource
    ) {
        self.configuration = configuration
        self.metrics = ServerMetrics(metrics)
        declaredRoutes = router.routes
        translate = router.translate
        page = router.page
        routes = RouteTable(router, self.metrics)
        self.logger = logger
        self.identifiers = identifiers
        table = ConnectionTable(limits: configuration.limits)
    }

    /// Whether connections are to close as soon as their request is answered.
    var isStopping: Bool { isStoppingFlag.load(ordering: .acquiring) }
    /// Whether nothing may wait any more.
    var isTerminating: Bool { isTerminatingFlag.load(ordering: .sequentiallyConsistent) }

    func beginStopping() { isStoppingFlag.store(true, ordering: .releasing) }
    func beginTerminating() { isTerminatingFlag.store(true, ordering: .sequentiallyConsistent) }

    /// Runs a direct handler.
    func respond(to request: Request, _ handler: (Request) throws -> Response) -> Response {
        do {
            return try Ambient.$requestID.withValue(request.requestID) {
                try Ambient.$trace.withValue(request.trace) { try handler(request) }
            }
        } catch {
            return render(error, of: request.head)
        }
    }

    /// Runs a handler that need not have an answer.
    func respond(to request: Request, _ handler: (Request) throws -> Response?) -> Response? {
        do {
            return try Ambient.$requestID.withValue(request.requestID) {
                try Ambient.$trace.withValue(request.trace) { try handler(request) }
            }
        } catch {
            return render(error, of: request.head)
        }
    }

    /// Runs an asynchronous handler.
    func respond(to request: Request, _ handler: @Sendable (Request) async throws -> Response) async -> Response {
        do {
            return try await Ambient.$requestID.withValue(request.requestID) {
                try await Ambient.$trace.withValue(request.trace) { try await handler(request) }
            }
        } catch  where Task.isCancelled && !(error is Problem) {
            // It was given up, and says no more than that.
            let isSafe = request.method.isSafe
            return render(
                isSafe ? Problem.handlerTimeout() : .outcomeUnknown("The request took too long to handle."),
                of: request.head)
        } catch {
            return render(error, of: request.head)
        }
    }

    /// A problem as it is; of any other error the caller learns nothing but an identifier, and the log all.
    func render(_ error: any Error, of head: RequestHead) -> Response {
        if var problem = error as? Problem ?? translate(error) {
            if problem.requestID == nil { problem.requestID = head.requestID }
            if problem.code == Problem.outcomeUnknownCode, head.value(of: "idempotency-key") != nil {
                problem.headers.append((name: "Retry-After", value: "2"))
            }
            return show(problem, to: head)
        }
        logger.error(
            "A handler failed",
            [
                "request_id": head.requestID, "route": head.endpoint.route.pattern, "method": head.method,
                "error": "\(error)",
            ])
        var problem = Problem.internalError(isChange: !head.method.isSafe)
        problem.requestID = head.requestID
        return show(problem, to: head)
    }

    /// As a page where the client, a browser that is, likes pages best.
    private func show(_ problem: Problem, to head: RequestHead) -> Response {
        let accepted = head.values(of: "accept").map(head.text)
        guard let page, !accepted.isEmpty,
            Negotiation.mediaType(accept: accepted.joined(separator: ", "), offered: Self.problemForms) == .html
        else { return .problem(problem) }
        var response = page(problem)
        for (name, value) in problem.headers { response.headers.add(name, value) }
        response.headers.add("Vary", "Accept")
        return response
    }

    /// The document first: it is for those who accept anything.
    private static let problemForms = [MediaType(Problem.mediaType) ?? .json, .json, .html]

    /// Counts a finished request and logs it where that was asked for.
    func record(_ head: RequestHead, status: Int, _ duration: Duration) {
        head.endpoint.metrics.record(status, duration)
        let log = configuration.accessLog
        let isNth = log.every > 0 && answered.wrappingAdd(1, ordering: .relaxed).oldValue % log.every == 0
        guard isNth || status >= 500 || duration >= log.slow else { return }
        logger.info(
            "Answered a request",
            [
                "method": head.method, "target": head.text(head.target), "route": head.endpoint.route.pattern,
                "status": status, "seconds": duration.inSeconds, "remote": head.remoteAddress,
                "request_id": head.requestID, "trace_id": head.trace.traceIDText,
            ])
    }
}
