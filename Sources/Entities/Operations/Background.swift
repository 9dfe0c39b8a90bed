public import Catalogue
import Commands
public import EventLog
public import JSON
import Postgres
public import System
public import Telemetry

/// Carries the work that was started through the API, in the background, each piece recorded as an operation.
///
///     let started = try await background.start(work, parameters: ["names": ["words"]], askedBy: meta)
///
/// A piece of work is a function of its parameters and a reporter, nothing else. What carries it may change.
public final class Background: Sendable {
    /// What can be started.
    public struct Work: Sendable {
        /// - Parameters:
        ///   - parameters: what it was started with, and what the log has of it.
        ///   - reporter: how far it is.
        /// - Returns: what is recorded of its result.
        public typealias Body = @Sendable (_ parameters: JSONObject, _ reporter: Reporter) async throws -> JSONObject

        /// Such as `projection_rebuild`.
        public let kind: String
        /// For people.
        public let title: String
        /// Of work that names the same here, one piece is under way at a time, on all nodes; default none is excluded.
        public let exclusion: String?
        /// What is left behind where it is stopped, in a sentence.
        public let whenStopped: String?
        /// The command that continues with the operation, should its process end.
        public let resume: (@Sendable (_ operation: UUID) -> String)?
        /// Stops where its task is cancelled.
        public let body: Body

        public init(
            _ kind: String, _ title: String, exclusion: String? = nil, whenStopped: String? = nil,
            resume: (@Sendable (_ operation: UUID) -> String)? = nil, body: @escaping Body
        ) {
            self.kind = kind
            self.title = title
            self.exclusion = exclusion
            self.whenStopped = whenStopped
            self.resume = resume
            self.body = body
        }
    }

    /// Tells how far work is. May be called for each step: only now and then it is recorded.
    public struct Reporter: Sendable {
        struct Step: Sendable {
            let done: Int
            let total: Int?
            let message: String?
        }

        /// Whose id everything carries that the work writes: see ``Operation/meta()``.
        public let operation: Operation
        let steps: AsyncStream<Step>.Continuation

        /// - Parameters:
        ///   - total: nil while unknown.
        ///   - message: what happens right now; speed is measured within the same message.
        public func report(done: Int, total: Int? = nil, message: String? = nil) {
            steps.yield(Step(done: done, total: total, message: message))
        }
    }

    /// An operation that has begun.
    public struct Started: Sendable {
        public let id: UUID
        /// Where its first event is in the log.
        public let position: Int
    }

    private struct Running: Sendable {
        let exclusion: String?
        let operation: Operation
        /// Nil while its start is recorded.
        var task: Task<Void, Never>?
        /// Whether only the record of its end is left to write: those who read that may begin again at once.
        var isEnding = false
    }

    private struct State {
        var isStopping = false
        var running: [UUID: Running] = [:]
    }

    private let service: EntityService
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let state = Lock(State())

    public init(_ service: EntityService, clock: any Clock<Duration> = ContinuousClock(), logger: Logger) {
        self.service = service
        self.clock = clock
        self.logger = logger.named("background")
    }

    public var catalogue: Catalogue { service.catalogue }
    public var identifiers: any IdentifierSource { service.identifiers }

    /// The operation under way on this node that excludes others of that name.
    public func current(_ exclusion: String) -> UUID? {
        state.withLock { $0.running.first { $0.value.exclusion == exclusion }?.key }
    }

    /// Begins the work, and returns as soon as that is recorded.
    ///
    /// - Throws: ``OperationRefusal``.
    public func start(_ work: Work, parameters: JSONObject = [:], askedBy meta: EventMeta) async throws -> Started {
        guard service.catalogue[type: "operation"] != nil else { throw OperationRefusal.unknownCategory }
        let ending = state.withLock { state in
            state.running.values.filter { $0.isEnding && $0.exclusion == work.exclusion }.compactMap(\.task)
        }
        for task in ending { await task.value }
        let operation = Operation(service, askedBy: meta)
        try reserve(operation, work)
        let position: Int
        do {
            position = try await operation.begin(
                .init(
                    work.kind, work.title, parameters: parameters, exclusion: work.exclusion,
                    resume: work.resume?(operation.id)), waits: false
            ) { [weak self] _ in self?.cancelTask(of: operation.id) }
        } catch {
            state.withLock { $0.running[operation.id] = nil }
            throw error
        }
        let task = Task { await self.carry(work, parameters, operation) }
        let isUnwanted = state.withLock { state in
            state.running[operation.id]?.task = task
            return state.isStopping
        }
        if isUnwanted {
            operation.stop(.shutdown)
            task.cancel()
        }
        return Started(id: operation.id, position: position)
    }

    /// Taken before anything is awaited, so that nobody comes between.
    private func reserve(_ operation: Operation, _ work: Work) throws(OperationRefusal) {
        let limit = service.operationLimits.backgroundMax
        let refusal = state.withLock { state -> OperationRefusal? in
            if state.isStopping { return .stopping }
            if let exclusion = work.exclusion,
                let other = state.running.first(where: { $0.value.exclusion == exclusion })
            {
                return .busy(other.key)
            }
            if state.running.count >= limit { return .tooMany(limit: limit) }
            state.running[operation.id] = Running(exclusion: work.exclusion, operation: operation)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Asks for an operation to be stopped, whoever carries it: this node does so at once, others see it within seconds.
    ///
    /// - Returns: where the request is in the log; nil where someone had asked for it before.
    /// - Throws: ``OperationRefusal`` where there is no such operation, or where it has ended.
    @discardableResult
    public func cancel(_ id: UUID, askedBy meta: EventMeta) async throws -> Int? {
        let position = try await requestCancel(id, meta)
        state.withLock { $0.running[id]?.operation }?.stop(.asked)
        cancelTask(of: id)
        return position
    }

    private func requestCancel(_ id: UUID, _ meta: EventMeta) async throws -> Int? {
        guard let type = service.catalogue[type: "operation"] else { throw OperationRefusal.unknownCategory }
        var meta = meta
        meta.idempotency = nil
        while true {
            let rows = try await service.pool.query("operation_state", OperationStatement.state(of: id))
            guard let (version, status, isRequested) = try rows.decode(Int.self, String.self, Bool.self).first else {
                throw OperationRefusal.notFound
            }
            if status != "running" { throw OperationRefusal.over(status) }
            if isRequested { return nil }
            var command = EntityCommand(
                .declared(verb: "cancel_requested", ["cancel_requested": true]), on: id, of: type, meta: meta)
            command.expected = [version]
            do {
                if case .changed(let changed) = try await service.writer.submit(command) {
                    return changed.entity.position
                }
                return nil
            } catch Rejection.conflict {
                // It told of itself meanwhile: maybe of its end.
                continue
            }
        }
    }

    private func cancelTask(of id: UUID) { state.withLock { $0.running[id]?.task }?.cancel() }

    /// Stops what is under way, and takes nothing new. To be called while entities can still be written.
    public func stop() async {
        let running = state.withLock { state in
            state.isStopping = true
            return state.running.values
        }
        for one in running {
            one.operation.stop(.shutdown)
            one.task?.cancel()
        }
        for one in running { await one.task?.value }
    }

    private func carry(_ work: Work, _ parameters: JSONObject, _ operation: Operation) async {
        let (steps, continuation) = AsyncStream.makeStream(of: Reporter.Step.self, bufferingPolicy: .bufferingNewest(1))
        let recorder = Task { await self.record(steps, of: operation) }
        let end: Result<JSONObject, any Error>
        do {
            end = .success(try await work.body(parameters, Reporter(operation: operation, steps: continuation)))
        } catch {
            end = .failure(error)
        }
        continuation.finish()
        recorder.cancel()
        await recorder.value
        state.withLock { $0.running[operation.id]?.isEnding = true }
        if let failure = await tell(end, of: operation, work) {
            logger.error(
                "the end of an operation was not recorded", ["operation": "\(operation.id)", "error": "\(failure)"])
        }
        state.withLock { $0.running[operation.id] = nil }
    }

    /// Records the latest step now and then.
    private func record(_ steps: AsyncStream<Reporter.Step>, of operation: Operation) async {
        let elapsed = clock.stopwatch()
        var pace = Pace()
        for await step in steps {
            let speed = pace.take(done: step.done, total: step.total, phase: step.message, at: elapsed())
            // One that is not recorded is made up for by the next.
            try? await operation.progress(done: step.done, total: step.total, message: step.message, speed: speed)
            // The log is no place for every step: what comes meanwhile replaces what came before.
            do { try await clock.sleep(for: service.operationLimits.progressInterval) } catch { return }
        }
    }

    /// - Returns: why that could not be recorded; nil where it was.
    private func tell(
        _ end: Result<JSONObject, any Error>, of operation: Operation, _ work: Work
    ) async -> (any Error)? {
        switch end {
        case .success(let result):
            do { try await operation.complete(result) } catch {
                await operation.giveUp(error, whenStopped: nil)
                return error
            }
            return nil
        case .failure(let error): return await operation.giveUp(error, whenStopped: work.whenStopped)
        }
    }
}
