import Postgres
import System
import Telemetry

/// How the writer keeps a connection, and what it tells callers when there is none.
extension CommandWriter {
    /// Why nothing could be written, and since when.
    private struct Trouble {
        let since = ContinuousClock.now
        var pause: Duration
    }

    /// Holds a connection as long as it lasts, and takes another when it is lost.
    func run() async {
        let trouble = Lock<Trouble?>(nil)
        var kept: KeptConnection?
        while true {
            do {
                let connection: KeptConnection
                if let kept {
                    connection = kept
                } else {
                    connection = try await pool.keepConnection(configuration.adapt)
                }
                kept = connection
                try await connection.withConnection { connection in
                    try self.serve(on: connection) { trouble.withLock { $0 = nil } }
                }
                return await connection.close()
            } catch {
                metrics.retries.increment()
                let isBlocked = (error as? PostgresError).map { $0.code == .lockNotAvailable } ?? false
                if !isBlocked {
                    await kept?.close()
                    kept = nil
                }
                logger.warning("the log cannot be written to", ["error": "\(error)"])
                let (since, pause) = trouble.withLock { trouble in
                    let now = trouble ?? Trouble(pause: configuration.retryDelay)
                    trouble = now
                    trouble?.pause = min(now.pause * 2, configuration.retryDelayMax)
                    return (now.since, now.pause)
                }
                if since + configuration.unreachableMax <= .now { giveUp(isBlocked ? .blocked : .unavailable) }
                if queue.withLock({ $0.isStopping && !$0.hasWork }) {
                    await kept?.close()
                    return
                }
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// Tells everyone who waits that nothing can be written for now.
    private func giveUp(_ reason: CommandWriterError) {
        let sentCount = doubt.withLock { doubt in
            defer { doubt = nil }
            return doubt?.answers.count ?? 0
        }
        watch.giveUp()
        let (underWay, waiting) = queue.withLock { $0.takeAll() }
        for (index, entry) in underWay.enumerated() {
            entry.answer(.failure(index < sentCount ? CommandWriterError.outcomeUnknown : reason))
        }
        for entry in waiting { entry.answer(.failure(reason)) }
    }
}
