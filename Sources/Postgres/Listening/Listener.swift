internal import System
internal import Telemetry

/// Listens to all channels of a pool over its own connection, on its own thread, and connects again when
/// that is lost. The thread exists while there is something to listen to.
final class Listener: Sendable {
    private struct State {
        var channels: [String: [UInt64: NotificationBuffer]] = [:]
        /// Channels that the server has confirmed: who joins one needs no LISTEN.
        var active: Set<String> = []
        var lastNumber: UInt64 = 0
        /// Counts changes of `channels`, so that none is slept through.
        var changes: UInt64 = 0
        var hasThread = false
        var isStopped = false
        var interrupt: Interrupt?
    }

    private let configuration: PoolConfiguration
    private let metrics: PoolMetrics
    private let queryMetrics: QueryMetrics
    private let logger: Logger
    private let state = Lock(State())

    init(
        _ configuration: PoolConfiguration, metrics: PoolMetrics, queryMetrics: QueryMetrics, logger: Logger
    ) {
        self.configuration = configuration
        self.metrics = metrics
        self.queryMetrics = queryMetrics
        self.logger = logger
    }

    func listen(_ channel: String) -> Notifications {
        let buffer = NotificationBuffer(limit: configuration.notificationsBufferedMax)
        let (number, needsThread) = state.withLock { state in
            state.lastNumber += 1
            state.changes += 1
            if state.isStopped {
                buffer.end()
            } else {
                state.channels[channel, default: [:]][state.lastNumber] = buffer
            }
            if state.active.contains(channel) { buffer.push(.mayHaveMissed) }
            state.interrupt?.wake()
            let needsThread = !state.hasThread && !state.isStopped
            if needsThread { state.hasThread = true }
            return (state.lastNumber, needsThread)
        }
        if needsThread { Thread.detach(name: "postgres-listen") { self.run() } }
        return Notifications(
            subscription: Subscription(self, channel: channel, number: number, buffer: buffer))
    }

    func remove(_ channel: String, _ number: UInt64) {
        state.withLock { state in
            state.channels[channel]?[number] = nil
            if state.channels[channel]?.isEmpty == true { state.channels[channel] = nil }
            state.changes += 1
            state.interrupt?.wake()
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            for buffers in state.channels.values { for buffer in buffers.values { buffer.end() } }
            state.channels = [:]
            state.changes += 1
            state.interrupt?.wake()
        }
    }

    /// The thread's life: connect, follow, and after a failure again.
    private func run() {
        var backoff = Backoff(from: configuration.reconnectDelayMin, to: configuration.reconnectDelayMax)
        var generator = SystemRandomNumberGenerator()
        while !isIdle() {
            let start = Monotonic.now
            do throws(PostgresError) {
                let interrupt = try Interrupt()
                state.withLock { $0.interrupt = interrupt }
                let session = Session(
                    configuration.connection, interrupt: interrupt, metrics: queryMetrics, logger: logger)
                try session.connect()
                try follow(session)
            } catch {
                logger.warning("listening was interrupted", ["error": error])
                state.withLock { $0.active = [] }
                if start + configuration.reconnectDelayMax < .now {
                    backoff = Backoff(from: configuration.reconnectDelayMin, to: configuration.reconnectDelayMax)
                }
                pause(backoff.pause(using: &generator))
            }
        }
    }

    /// Whether the thread has nothing left to do. Once true, it must end.
    private func isIdle() -> Bool {
        state.withLock { state in
            guard state.channels.isEmpty else { return false }
            state.hasThread = false
            state.active = []
            state.interrupt = nil
            return true
        }
    }

    /// Waits for the time, or until listeners come or go.
    private func pause(_ duration: Duration) {
        guard let interrupt = state.withLock({ $0.interrupt }) else { return }
        interrupt.wait(atMost: duration)
    }

    /// Keeps the server's list of channels like ours and hands on what it says, until listeners or connection are gone.
    private func follow(_ session: Session) throws(PostgresError) {
        while true {
            let (wanted, active, changes) = state.withLock { (Set($0.channels.keys), $0.active, $0.changes) }
            if wanted.isEmpty { return state.withLock { $0.active = [] } }
            for channel in active.subtracting(wanted) {
                state.withLock { _ = $0.active.remove(channel) }
                try session.runScript("unlisten", "UNLISTEN \(SQL.quoted(channel))")
            }
            for channel in wanted.subtracting(active) {
                try session.runScript("listen", "LISTEN \(SQL.quoted(channel))")
                begin(channel)
            }
            while let (channel, payload) = try session.nextNotification() { deliver(payload, channel) }
            if state.withLock({ $0.changes }) != changes { continue }
            if try !session.waitForNotification(atMost: configuration.listenerCareInterval) {
                _ = try session.run("health_check", "SELECT 1")
            }
        }
    }

    private func begin(_ channel: String) {
        state.withLock { state in
            state.active.insert(channel)
            for buffer in (state.channels[channel] ?? [:]).values { buffer.push(.mayHaveMissed) }
        }
    }

    private func deliver(_ payload: String, _ channel: String) {
        let buffers = state.withLock { $0.channels[channel] ?? [:] }
        for buffer in buffers.values where !buffer.push(.payload(payload)) { metrics.missed.increment() }
    }
}

extension PostgresPool {
    /// Hears what is notified on a channel from now on, also across lost connections.
    ///
    ///     for await notification in pool.listen("events") {
    ///         switch notification {
    ///         case .payload(let text): …
    ///         case .mayHaveMissed: …  // read what you follow from where you stand
    ///         }
    ///     }
    ///
    /// The first thing heard is ``Notification/mayHaveMissed``, once the server listens. Silence proves nothing: look
    /// from time to time. All listeners share one connection beyond ``PoolConfiguration/connectionsMax``.
    public func listen(_ channel: String) -> Notifications { listener.listen(channel) }
}
