public import Postgres
import System
public import Telemetry

/// Brings commands into the log: collects whatever came while the last transaction was committed, and makes that the next.
///
/// A lone command waits for nobody. It holds one connection of the pool for itself, and works on that connection's thread.
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
    let queue: Monitor<CommandQueue<Handler>>
    /// What is known about a batch whose transaction may or may not have been committed.
    let doubt = Lock<BatchInDoubt<Handler.Answer>?>(nil)
    /// Where the log ended when this writer last saw it.
    let memory = Lock(HeadMemory())
    private let work = Lock<Task<Void, Never>?>(nil)

    /// - Parameter committed: called after each commit with its events, before anyone gets an answer, on the writer's
    ///   thread: it must be quick.
    public init(
        pool: PostgresPool, handler: Handler, configuration: CommandWriterConfiguration = .init(), metrics: Metrics,
        logger: Logger, committed: @escaping Committed
    ) {
        self.pool = pool
        self.handler = handler
        self.configuration = configuration
        self.metrics = CommandWriterMetrics(metrics)
        self.logger = logger
        self.committed = committed
        queue = Monitor(CommandQueue(configuration))
    }

    public func start() {
        work.withLock { work in
            precondition(work == nil, "a writer starts once")
            work = Task.detached { await self.run() }
        }
    }

    /// Takes nothing new, finishes what waits, and returns when that is done.
    public func stop() async {
        queue.withLock { $0.stop() }
        await work.withLock { $0 }?.value
    }

    /// How many commands wait.
    public var waitingCount: Int { queue.withLock { $0.waitingCount } }

    /// Waits until the command is decided and, where events follow from it, committed.
    public func submit(_ command: Handler.Command, bytes: Int = 0) async throws -> Handler.Answer {
        try await withCheckedThrowingContinuation { continuation in
            let entry = CommandQueue<Handler>.Entry(command: command, bytes: bytes) { continuation.resume(with: $0) }
            do throws(CommandWriterError) { try enqueue([entry]) } catch { continuation.resume(throwing: error) }
        }
    }

    /// The same for many commands at once; each gets its own result, in their order.
    public func submit(
        _ commands: [(command: Handler.Command, bytes: Int)]
    ) async throws -> [Result<Handler.Answer, any Error>] {
        if commands.isEmpty { return [] }
        return try await withCheckedThrowingContinuation { continuation in
            let gathering = Gathering<Handler.Answer>(count: commands.count) { continuation.resume(returning: $0) }
            let entries = commands.enumerated().map { index, entry in
                CommandQueue<Handler>.Entry(command: entry.command, bytes: entry.bytes) { gathering.put($0, at: index) }
            }
            do throws(CommandWriterError) { try enqueue(entries) } catch { continuation.resume(throwing: error) }
        }
    }

    private func enqueue(_ entries: [CommandQueue<Handler>.Entry]) throws(CommandWriterError) {
        let refusal = queue.withLock { queue -> CommandWriterError? in
            do throws(CommandWriterError) { try queue.add(entries) } catch { return error }
            return nil
        }
        guard let refusal else { return }
        metrics.refused.increment(by: UInt64(entries.count))
        throw refusal
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
