public import Postgres
import System
public import Telemetry

extension Connection {
    /// Has all projections made anew when the database is opened next: its log is another one than they were made of.
    public func markProjectionsStale() throws {
        try execute("projections_stale", "UPDATE log.projections SET fingerprint = \(ProjectionSet.notBuilt)")
    }
}

extension PostgresPool {
    /// Removes what a rebuild that failed has left: it may be much, where the disk is full.
    public func dropUnfinishedProjections() async throws {
        try await execute(
            "projections_drop_unfinished", "DROP SCHEMA IF EXISTS \(identifier: ProjectionSet.draft) CASCADE")
    }
}

extension ProjectionSet {
    /// Makes what is missing and rebuilds what this version would build in another way; at once where there is nothing
    /// to do. To be called before anything is written.
    ///
    /// Where another node rebuilds already, it waits for that.
    public func bringUpToDate(
        in pool: PostgresPool, fold: ProjectionFold, configuration: RebuildConfiguration = .init(),
        logger: Logger, progress: @escaping @Sendable (ProjectionProgress) -> Void = { _ in }
    ) async throws {
        let rebuilder = Rebuilder(set: self, fold: fold, pool: pool, configuration: configuration, logger: logger)
        while true {
            let stale = try await install(in: pool)
            if stale.isEmpty { return }
            do {
                logger.info("projections are rebuilt", ["names": stale.joined(separator: " ")])
                let report = try await rebuilder.rebuild(stale, progress: progress)
                logger.info(
                    "projections have been rebuilt",
                    [
                        "names": stale.joined(separator: " "), "events": report.events, "rows": report.rows,
                        "seconds": report.elapsed.inSeconds,
                    ])
                if let first = report.skipped.all.first {
                    logger.warning(
                        "events were skipped, since they cannot be read: `lifeos log repair-plan` explains each",
                        ["count": report.skipped.count, "first": first.position, "because": "\(first.reason)"])
                }
                return
            } catch ProjectionError.busy {
                logger.info("another node rebuilds projections; waiting for it")
                try await configuration.clock.sleep(for: configuration.exchangePause)
            }
        }
    }
}
