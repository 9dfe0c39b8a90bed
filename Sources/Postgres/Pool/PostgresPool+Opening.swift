internal import Synchronization
internal import System
internal import Telemetry

extension PostgresPool {
    /// Opens a connection for whoever waits, and continues trying as long as anybody does.
    func openAnother() {
        Task {
            var backoff = Backoff(from: configuration.reconnectDelayMin, to: configuration.reconnectDelayMax)
            var generator = SystemRandomNumberGenerator()
            while true {
                do throws(PostgresError) {
                    let connection = try await connect()
                    carryOut(state.withLock { $0.opened(connection, now: .now) })
                    return
                } catch {
                    logger.warning("connecting failed", ["error": error])
                    guard state.withLock({ $0.openingFailed() }) else { return }
                }
                try? await clock.sleep(for: backoff.pause(using: &generator))
            }
        }
    }

    func connect(_ special: ConnectionConfiguration? = nil) async throws(PostgresError) -> Connection {
        let number = numbers.wrappingAdd(1, ordering: .relaxed).newValue
        do throws(PostgresError) {
            let connection = try Connection(
                special ?? configuration.connection, metrics: queryMetrics, logger: logger, number: Int(number))
            try await connection.connect()
            metrics.opened.increment()
            lastFailure.withLock { $0 = nil }
            return connection
        } catch {
            metrics.openingFailed.increment()
            lastFailure.withLock { $0 = error }
            throw error
        }
    }

    /// Looks after idle connections until the pool goes away: drops those that died or are not wanted any more.
    static func lookAfter(
        _ pool: @Sendable () -> PostgresPool?, _ configuration: PoolConfiguration, _ clock: any Clock<Duration>
    ) async {
        while !Task.isCancelled {
            try? await clock.sleep(for: configuration.careInterval)
            guard !Task.isCancelled, let pool = pool() else { return }
            await pool.checkIdle()
        }
    }

    /// Asks each connection that was idle for a while whether it is well, and closes those idle for too long.
    func checkIdle() async {
        let start = Monotonic.now
        var last: Monotonic?
        // One after the other, so that a server that does not answer keeps no more than one of them from callers.
        while let idle = state.withLock({ $0.takeIdle(after: last, before: start) }) {
            last = idle.since
            let now = Monotonic.now
            let count = connectionCounts.open
            let isTooMany = count > configuration.connectionsMin && idle.since + configuration.idleMax < now
            let isWell = isTooMany ? false : await idle.member.isWell()
            if isTooMany || !isWell {
                carryOut(state.withLock { $0.release(idle.member, isReusable: false, now: .now) })
                if !isTooMany { metrics.lost.increment() }
            } else {
                carryOut(state.withLock { $0.putBack(idle) })
            }
        }
    }
}
