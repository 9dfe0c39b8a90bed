internal import System
internal import Telemetry

/// One request in the hands of an asynchronous handler. The first of its answer, a deadline and the server's end
/// counts; what comes later is dropped.
final class Exchange: Interruptible {
    private struct State {
        var answer: Response?
        var isOver = false
        var task: Task<Void, Never>?
        /// When a handler that was too late was asked what has become of the change.
        var askedAt: Instant?
    }

    private let state = Lock(State())
    private let connection: Connection
    private let request: Request

    init(_ connection: Connection, _ request: Request) {
        self.connection = connection
        self.request = request
    }

    /// Runs the handler on this thread as far as it gets without waiting.
    func start(_ handler: @escaping @Sendable (Request) async throws -> Response) {
        let core = connection.core
        let task = Task.immediate { [self] in
            finish(await core.respond(to: request, handler))
        }
        state.withLock { if !$0.isOver { $0.task = task } }
    }

    /// The answer, once.
    func take() -> Response? {
        state.withLock { state in
            defer { state.answer = nil }
            return state.answer
        }
    }

    var isOver: Bool { state.withLock { $0.isOver } }

    func interrupt(_ reason: Interruption) {
        switch reason {
        case .tick, .stopping: break
        case .deadline where request.method.isSafe:
            connection.core.metrics.deadlines.with("handler").increment()
            giveUp(.handlerTimeout())
        case .deadline: askForOutcome()
        case .terminating where request.method.isSafe:
            giveUp(.serviceUnavailable("The server stops.", retryAfter: .seconds(1), code: "stopping"))
        case .terminating: giveUp(.outcomeUnknown("The server stopped before it answered."))
        }
    }

    /// Whoever is told to try a change again may make it twice. So the handler of one is cancelled, and has a while to say
    /// what it knows: that nothing was changed, or what was. Comes again and again until there is an answer.
    private func askForOutcome() {
        let now = Instant.now
        let patience = connection.core.configuration.deadlines.outcome
        let (task, isOverdue) = state.withLock { state -> (Task<Void, Never>?, Bool) in
            guard !state.isOver, let task = state.task else { return (nil, false) }
            if let askedAt = state.askedAt { return (nil, (askedAt + patience).nanoseconds <= now.nanoseconds) }
            state.askedAt = now
            return (task, false)
        }
        if let task {
            connection.core.metrics.deadlines.with("handler").increment()
            task.cancel()
        }
        if isOverdue {
            finish(
                connection.core.render(Problem.outcomeUnknown("The request took too long to handle."), of: request.head)
            )
        }
    }

    /// Ends the handler without an answer: nobody is there to take it.
    func abandon() {
        let task = state.withLock { state in
            defer { state = State(isOver: true) }
            return state.task
        }
        task?.cancel()
    }

    private func giveUp(_ problem: Problem) {
        guard let task = state.withLock({ $0.isOver ? nil : $0.task }) else { return }
        finish(connection.core.render(problem, of: request.head))
        task.cancel()
    }

    private func finish(_ response: Response) {
        let isFirst = state.withLock { state in
            guard !state.isOver else { return false }
            state = State(answer: response, isOver: true)
            return true
        }
        if isFirst { connection.doorbell.ring() }
    }
}
