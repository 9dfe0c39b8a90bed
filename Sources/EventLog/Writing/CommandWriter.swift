public import Postgres
import Synchronization
import System
public import Telemetry

/// Brings commands into the log: collects whatever came while the last transaction was committed, and makes that the next.
///
/// A lone command waits for nobody. It has a connection beside those of the pool, and works on that connection's thread.
///
///     let writer = CommandWriter(pool: pool, handler: handler, metrics: metrics, logger: logger) { events in … }
///     writer.start()
///     let answer = try await writer.submit(command)
public final class CommandWriter<Handler: CommandHandler>: Sendable {
    public typealias Committed = @Sendable (_ events: [Event]) -> Void

    let pool: PostgresPool
    let handler: Handler
    let configuration: CommandWriterConfiguration
    let metrics: CommandWriterMetrics
    let logger: Logger
    let committed: Committed
    let superseded: @Sendable () -> Void
    let queue: Monitor<CommandQueue<Handler>>
    /// What is known about a batch whose transaction may or may not have been committed.
    let doubt = Lock<BatchInDoubt<Handler.Answer>?>(nil)
    /// Where the log ended when this writer last saw it.
    let memory = Lock(HeadMemory())
    let watch: BlockageWatch
    private let submissions = Atomic<UInt64>(0)
    private let work = Lock<Task<Void, Never>?>(nil)
    private let troubleLast = Lock<PostgresError.Trouble?>(nil)

    /// What the database was short of when it last refused to take events; nil since it has taken some.
    public var trouble: PostgresError.Trouble? { troubleLast.withLock { $0 } }

    func note(_ trouble: PostgresError.Trouble?) { troubleLast.withLock { $0 = trouble } }

    /// For those who have found out otherwise that the database can write again.
    public func forgetTrouble() { note(nil) }

    /// - Parameters:
    ///   - committed: called after each commit with its events, before anyone gets an answer, on the writer's
    ///   thread: it must be quick.
    ///   - superseded: called where the database refuses events because its tables are another version's.
    public init(
        pool: PostgresPool, handler: Handler, configuration: CommandWriterConfiguration = .init(), metrics: Metrics,
        logger: Logger, superseded: @escaping @Sendable () -> Void = {}, committed: @escaping Committed
    ) {
        self.pool = pool
        self.handler = handler
        self.configuration = configuration
        self.metrics = CommandWriterMetrics(metrics)
        self.logger = logger
        watch = BlockageWatch(
            pool: pool, interval: configuration.watchInterval, endsAfter: configuration.silenceMax, metrics: metrics,
            logger: logger)
        self.committed = committed
        self.superseded = superseded
        queue = Monitor(CommandQueue(configuration))
    }

    public func start() {
        work.withLock { work in
            precondition(work == nil, "a writer starts once")
            work = Task.detached { await self.run() }
        }
        watch.start()
    }

    /// Takes nothing new, finishes what waits, and returns when that is done.
    public func stop() async {
        queue.withLock { $0.stop() }
        await work.withLock { $0 }?.value
        await watch.stop()
    }

    /// Who keeps this node, or all nodes, from writing just now; nil where nobody does.
    ///
    /// - Throws: where the database cannot be asked.
    public func blockage() async throws -> LogBlockage? { try await watch.look() }

    /// For how long the database has owed this node an answer to changes; nil where nothing is under way. It may be its
    /// disk that hangs, and nobody who holds a lock.
    public var underWayFor: Duration? { watch.waitingFor }

    /// How many commands wait.
    public var waitingCount: Int { queue.withLock { $0.waitingCount } }

    /// Waits until the command is decided and, where events follow from it, committed.
    ///
    /// Cancelling the task withdraws a command that still waits: it fails with ``CommandWriterError/withdrawn`` and did not
    /// happen. One that is under way already is waited for, since only so its caller can know what became of it.
    public func submit(
        _ command: Handler.Command, whenFull: CommandWriterWhenFull = .refuse
    ) async throws -> Handler.Answer {
        try await handingIn { submission, continuation in
            let entry = CommandQueue<Handler>.Entry(
                submission: submission, command: command, bytes: handler.byteCount(of: command)
            ) { continuation.resume(with: $0) }
            do throws(CommandWriterError) { try enqueue([entry], whenFull) } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// The same for many commands at once; each gets its own result, in their order.
    public func submit(
        _ commands: [Handler.Command], whenFull: CommandWriterWhenFull = .refuse
    ) async throws -> [Result<Handler.Answer, any Error>] {
        if commands.isEmpty { return [] }
        return try await handingIn { submission, continuation in
            let gathering = Gathering<Handler.Answer>(count: commands.count) { continuation.resume(returning: $0) }
            let entries = commands.enumerated().map { index, command in
                CommandQueue<Handler>.Entry(
                    submission: submission, command: command, bytes: handler.byteCount(of: command)
                ) { gathering.put($0, at: index) }
            }
            do throws(CommandWriterError) { try enqueue(entries, whenFull) } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private func handingIn<Result: Sendable>(
        _ body: (_ submission: UInt64, CheckedContinuation<Result, any Error>) -> Void
    ) async throws -> Result {
        let submission = submissions.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                body(submission, continuation)
                // Cancelled before it stood in the queue: the handler found nothing there.
                if Task.isCancelled { withdraw(submission) }
            }
        } onCancel: {
            withdraw(submission)
        }
    }

    private func enqueue(
        _ entries: [CommandQueue<Handler>.Entry], _ whenFull: CommandWriterWhenFull
    ) throws(CommandWriterError) {
        let refusal = queue.withLock { queue -> CommandWriterError? in
            do throws(CommandWriterError) { try queue.add(entries, whenFull: whenFull) } catch { return error }
            return nil
        }
        guard let refusal else { return }
        metrics.refused.increment(by: UInt64(entries.count))
        throw refusal
    }

    private func withdraw(_ submission: UInt64) {
        let withdrawn = queue.withLock { $0.withdraw(submission) }
        metrics.withdrawn.increment(by: UInt64(withdrawn.count))
        for entry in withdrawn { entry.answer(.failure(CommandWriterError.withdrawn)) }
    }
}

/// Collects results that come one by one until all are there.
private final class Gathering<Answer: Sendable>: Sendable {
    private let state: Lock<(results: [Result<Answer, any Error>?], missing: Int)>
    private let finish: @Sendable ([Result<Answer, any Error>]) -> Void

    init(count: Int, finish: @escaping @Sendable ([Result<Answer, any Error>]) -> Void) {
        state = Lock((Array(repeating: nil, count: count), count))
        self.finish = finish
    }

    func put(_ result: Result<Answer, any Error>, at index: Int) {
        let all = state.withLock { state -> [Result<Answer, any Error>]? in
            state.results[index] = result
            state.missing -= 1
            return state.missing == 0 ? state.results.compactMap { $0 } : nil
        }
        if let all { finish(all) }
    }
}
