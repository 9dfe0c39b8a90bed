import Postgres
import System
import Telemetry

/// A session that has locked what writing needs.
public struct LogHolder: Sendable, Hashable {
    public let processID: Int
    /// What it calls itself, such as `lifeos` or `psql`; empty where this node's database user may not know.
    public let application: String
    /// Where it comes from; empty for a process on the database's own machine.
    public let client: String
    /// What PostgreSQL says that it does, such as `idle in transaction`.
    public let state: String
}

/// That nothing can be written, and because of whom.
public struct LogBlockage: Sendable {
    public let holders: [LogHolder]
    /// For how long the oldest of their transactions has been open.
    public let age: Duration
}

/// Looks who keeps the writer from the log, so that people can be told, and ends sessions of nodes that are frozen.
///
/// The database ends a session that sleeps in a transaction. But one that is frozen while it sends a statement, or takes an
/// answer, counts as busy there: it is ended here, by whoever waits for it.
final class BlockageWatch: Sendable {
    private struct State {
        /// The writer's session, while it carries out a batch.
        var waiting: (processID: Int, since: ContinuousClock.Instant)?
        var blockage: LogBlockage?
        var task: Task<Void, Never>?
    }

    private let pool: PostgresPool
    private let interval: Duration
    private let endsAfter: Duration
    private let metrics: Metrics
    private let ended: Counter
    private let logger: Logger
    private let state = Lock(State())

    init(pool: PostgresPool, interval: Duration, endsAfter: Duration, metrics: Metrics, logger: Logger) {
        self.pool = pool
        self.interval = interval
        self.endsAfter = endsAfter
        self.metrics = metrics
        self.logger = logger
        ended =
            metrics.counter(
                "lifeos_eventlog_sessions_ended_total",
                help: "Sessions of frozen nodes that were ended because they held the log."
            ).with()
    }

    func start() { state.withLock { $0.task = Task { await self.keepLooking() } } }

    func stop() async {
        let task = state.withLock { $0.task }
        task?.cancel()
        await task?.value
    }

    /// The writer's session begins a batch, or tries it again.
    func begin(_ processID: Int) {
        state.withLock { state in state.waiting = (processID, state.waiting?.since ?? .now) }
    }

    /// The writer got through.
    func end() {
        state.withLock { state in
            state.waiting = nil
            state.blockage = nil
        }
    }

    /// For how long the batch under way has been; nil where there is none.
    var waitingFor: Duration? { state.withLock { $0.waiting.map { .now - $0.since } } }

    /// Nobody waits any more, though the writer did not get through.
    func giveUp() { state.withLock { $0.waiting = nil } }

    private func keepLooking() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            let isWorthALook = state.withLock { state in
                state.blockage != nil || state.waiting.map { .now - $0.since >= interval } ?? false
            }
            guard isWorthALook, !Task.isCancelled else { continue }
            do { _ = try await look() } catch {
                logger.debug("it cannot be seen who holds the log", ["error": "\(error)"])
            }
        }
    }

    /// Asks the database who has kept the writer waiting, or the head of the log locked, for longer than ``interval``.
    func look() async throws -> LogBlockage? {
        let waiting = state.withLock { $0.waiting }
        let statement = Self.holders(blocking: waiting?.processID ?? 0, for: interval, endingAfter: endsAfter)
        let rows = try await pool.withConnection { connection in
            connection.statementTimeout = Self.lookTimeout
            return try connection.query("log_holders", statement)
        }
        var holders: [LogHolder] = []
        var age = Duration.zero
        for row in rows {
            let (processID, application, client, state, seconds, isEnded) = try row.decode(
                Int.self, String.self, String.self, String.self, Double.self, Bool.self)
            let holder = LogHolder(processID: processID, application: application, client: client, state: state)
            if isEnded { tellEnd(of: holder) }
            holders.append(holder)
            age = max(age, .seconds(seconds))
        }
        let blockage = holders.isEmpty ? nil : LogBlockage(holders: holders, age: age)
        note(blockage)
        return blockage
    }

    private static let lookTimeout: Duration = .seconds(1)

    private func note(_ blockage: LogBlockage?) {
        let known = state.withLock { state in
            defer { state.blockage = blockage }
            return Set(state.blockage?.holders ?? [])
        }
        for holder in blockage?.holders ?? [] where !known.contains(holder) {
            logger.warning(
                "a session keeps the log from being written",
                [
                    "process": holder.processID, "application": holder.application, "client": holder.client,
                    "state": holder.state,
                ])
            observe(holder)
        }
    }

    /// A series for as long as it holds the log, so that an alert can name it.
    private func observe(_ holder: LogHolder) {
        metrics.observe(
            "lifeos_eventlog_blocked_seconds",
            help: "For how long a session has kept the log from being written; there is one for each such session.",
            labels: [
                "process": String(holder.processID), "application": holder.application, "client": holder.client,
                "state": holder.state,
            ]
        ) { [weak self] in
            guard let blockage = self?.state.withLock({ $0.blockage }), blockage.holders.contains(holder) else {
                return nil
            }
            return blockage.age.inSeconds
        }
    }

    private func tellEnd(of holder: LogHolder) {
        ended.increment()
        logger.error(
            "ended the session of a node that is frozen while it holds the log",
            ["process": holder.processID, "application": holder.application, "client": holder.client])
    }

    /// Those whom a session waits for, and who has locked the head.
    ///
    /// A session is taken for a frozen node's where it is called as ours is, and has waited for its client for so long. In an
    /// empty log nobody is frozen: a restore fills it, at the pace of what it reads.
    private static func holders(blocking waiting: Int, for least: Duration, endingAfter limit: Duration) -> SQL {
        let (least, limit) = (Double(least.wholeMilliseconds) / 1_000, Double(limit.wholeMilliseconds) / 1_000)
        return """
            SELECT a.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), ''), coalesce(a.state, ''),
                extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
                CASE WHEN a.usename = current_user AND a.application_name = current_setting('application_name')
                    AND a.wait_event_type = 'Client'
                    AND greatest(a.query_start, a.state_change) < clock_timestamp() - make_interval(secs => \(limit))
                    AND EXISTS (SELECT FROM log.head WHERE position > 0)
                THEN pg_terminate_backend(a.pid) ELSE false END
            FROM pg_stat_activity AS a
            WHERE a.datname = current_database() AND a.pid <> \(Int32(waiting))
                AND a.xact_start < clock_timestamp() - make_interval(secs => \(least))
                AND a.pid IN (
                    SELECT unnest(pg_blocking_pids(\(Int32(waiting))))
                    UNION
                    SELECT l.pid FROM log.head AS h JOIN pg_locks AS l
                        ON l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'
                            AND l.transactionid = h.xmax)
            ORDER BY a.xact_start
            """
    }
}
