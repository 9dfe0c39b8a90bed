public import System

/// Hands what it witnesses to the log, off the path of requests: nobody's answer waits for it.
///
/// Refusals are told one by one up to a limit; beyond it they are counted, and the count is told once a window.
public final class AccessRecorder: Sendable {
    public struct Configuration: Sendable {
        /// So many refusals in a window are told one by one.
        public var refusalsPerWindow = 10
        public var window: Duration = .seconds(60)
        /// So many may wait for the log; what comes then is lost.
        public var waitingMax = 1_000
        /// So long the end waits for the log to take what is left; a database that is away must not hold it up.
        public var stopLimit: Duration = .seconds(5)

        public init() {}
    }

    /// What is to be told.
    public enum Record: Sendable, Hashable {
        case one(Access)
        case many(RefusalTally)
    }

    private struct State {
        var limit: RefusalLimit
        var closing: Task<Void, Never>?
        var writing: Task<Void, Never>?
    }

    private let configuration: Configuration
    private let clock: any Clock<Duration>
    private let wallClock: any WallClock
    private let state: Lock<State>
    private let records: AsyncStream<Record>
    private let entrance: AsyncStream<Record>.Continuation

    public init(
        configuration: Configuration = .init(), clock: any Clock<Duration> = ContinuousClock(),
        wallClock: any WallClock = SystemWallClock()
    ) {
        self.configuration = configuration
        self.clock = clock
        self.wallClock = wallClock
        state = Lock(
            State(limit: RefusalLimit(perWindow: configuration.refusalsPerWindow, window: configuration.window)))
        (records, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(configuration.waitingMax))
    }

    /// Takes note; returns at once.
    public func witness(_ access: Access) {
        guard access.outcome == .refused else {
            entrance.yield(.one(access))
            return
        }
        let now = wallClock.now()
        state.withLock { state in
            if let tally = state.limit.close(at: now) { entrance.yield(.many(tally)) }
            switch state.limit.take(access, at: now) {
            case .tell: entrance.yield(.one(access))
            case .count(isFirst: false): break
            case .count(isFirst: true):
                state.closing?.cancel()
                state.closing = Task { [self] in
                    // No access tells that a flood has ended: only time does.
                    guard (try? await clock.sleep(for: configuration.window)) != nil else { return }
                    close()
                }
            }
        }
    }

    private func close() {
        if let tally = state.withLock({ $0.limit.close(at: wallClock.now(), early: true) }) {
            entrance.yield(.many(tally))
        }
    }

    /// Begins to write, one record after the other.
    public func start(_ write: @escaping @Sendable (Record) async -> Void) {
        let writing = Task { [records] in
            for await record in records {
                if Task.isCancelled { break }
                await write(record)
            }
        }
        state.withLock { $0.writing = writing }
    }

    /// Writes what waits and what was counted; takes nothing new.
    public func stop() async {
        close()
        entrance.finish()
        let (closing, writing) = state.withLock { ($0.closing, $0.writing) }
        closing?.cancel()
        let limit = Task { [clock, configuration] in
            // The end must not wait for a database that does not answer; cancelled once all is written.
            if (try? await clock.sleep(for: configuration.stopLimit)) != nil { writing?.cancel() }
        }
        await writing?.value
        limit.cancel()
    }
}
