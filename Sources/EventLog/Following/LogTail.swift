public import Postgres
import System
public import Telemetry

/// Follows the log, once for all of a node who want to know what happens.
///
/// What this node's own ``CommandWriter`` committed is handed to it; what others committed it hears of by notification,
/// or finds by looking. It keeps the latest events, so that those who follow closely ask no database.
///
///     let tail = LogTail(pool: pool, metrics: metrics, logger: logger)
///     let writer = CommandWriter(…, committed: { tail.offer($0) })
///     try await tail.start()
///     for await events in tail.subscribe(after: try await tail.reached(position)) { … }
public final class LogTail: Sendable {
    /// Called with events in order; must be quick, and must not call the tail.
    public typealias Observer = @Sendable (_ events: [Event]) -> Void

    struct State {
        /// Nil before the start.
        var ring: EventRing?
        var isStopped = false
        var lastNumber: UInt64 = 0
        /// Subscribers that have seen everything.
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    let pool: PostgresPool
    let reader: EventReader
    /// Tells which log it follows; asked at the start, so that those who begin to follow need no database.
    public let log: LogIdentityReader
    let configuration: LogTailConfiguration
    let metrics: LogTailMetrics
    let logger: Logger
    let clock: any Clock<Duration>
    let state = Lock(State())
    /// Held while events are announced, so that they are told in order. Always taken before `state`.
    private let observers = Lock<[(number: UInt64, observer: Observer)]>([])
    /// Raised when the database may have more.
    let look = Wakeup()
    /// Raised when there is something for subscribers that wait.
    let growth = Wakeup()
    let turns: Turnstile
    private let work = Lock<[Task<Void, Never>]>([])

    /// - Parameter clock: what pauses are measured by.
    public init(
        pool: PostgresPool, configuration: LogTailConfiguration = .init(), metrics: Metrics, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.pool = pool
        self.configuration = configuration
        self.metrics = LogTailMetrics(metrics)
        self.logger = logger.named("log-tail")
        self.clock = clock
        reader = EventReader(pool: pool)
        log = LogIdentityReader(reader)
        turns = Turnstile(max(1, min(configuration.catchUpReadsMax, pool.configuration.connectionsMax / 4)))
        metrics.observe("lifeos_eventlog_tail_waiting", help: "Subscribers that have seen everything.") { [weak self] in
            self?.state.withLock { Double($0.waiting.count) }
        }
    }

    /// Follows from where the log ends now.
    public func start() async throws {
        let head = try await reader.head()
        _ = try await log.identity()
        observers.withLock { _ in
            state.withLock { state in
                precondition(state.ring == nil, "a tail starts once")
                state.ring = EventRing(
                    after: head.position, eventsMax: configuration.eventsKeptMax, bytesMax: configuration.bytesKeptMax)
            }
        }
        growth.raise()
        work.withLock {
            $0 = [
                Task { await self.keepLooking() }, Task { await self.keepPolling() },
                Task { await self.keepListening() }, Task { await self.keepWaking() },
            ]
        }
    }

    /// Ends all following. Subscribers come to their end.
    public func stop() async {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
        let tasks = work.withLock { $0 }
        for task in tasks { task.cancel() }
        look.raise()
        growth.raise()
        for task in tasks { await task.value }
    }

    /// The last position that everyone has been told of; nil before the start.
    public var position: Int? { state.withLock { $0.ring?.position } }

    /// Takes what this node's writer has just committed.
    ///
    /// - Returns: whether observers have been told. Where others' events are missing before them, those are read first,
    ///   and these with them: a cache that must be right at once has to be told besides.
    @discardableResult
    public func offer(_ events: [Event]) -> Bool {
        if deliver(events) { return true }
        look.raise()
        return false
    }

    /// Lets `observer` be told of every event from now on: each once, in order, without a gap, before any subscriber, and
    /// of this node's own before their commands are answered. For caches.
    @discardableResult
    public func observe(_ observer: @escaping Observer) -> Observation {
        observers.withLock { observers in
            let (number, position) = state.withLock { state in
                state.lastNumber += 1
                return (state.lastNumber, state.ring?.position)
            }
            observers.append((number, observer))
            return Observation(after: position, number: number)
        }
    }

    /// Returns when the observer is no longer called, and will not be again.
    public func remove(_ observation: Observation) {
        observers.withLock { observers in observers.removeAll { $0.number == observation.number } }
    }

    public struct Observation: Sendable {
        /// The observer is notified of all after this position; nil means from where the tail will start.
        public let after: Int?
        let number: UInt64
    }

    /// Tells of those that are new. False where some are missing before them: then nobody is told.
    ///
    /// - Parameter isComplete: they come from the log itself: what is missing before them is missing there.
    func deliver(_ events: [Event], isComplete: Bool = false) -> Bool {
        guard let first = events.first, let last = events.last else { return true }
        return observers.withLock { observers in
            guard let position = state.withLock({ $0.ring?.position }) else { return true }
            if first.position > position + 1, !isComplete { return false }
            if last.position <= position { return true }
            let fresh = first.position > position ? events : Array(events.drop { $0.position <= position })
            for observer in observers { observer.observer(fresh) }
            state.withLock { $0.ring?.append(fresh) }
            metrics.position.set(Double(last.position))
            growth.raise()
            return true
        }
    }
}
