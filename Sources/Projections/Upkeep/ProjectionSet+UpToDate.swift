public import Postgres
import System
public import Telemetry

extension Connection {
    /// Has all projections made anew when the database is opened next: its log is another one than they were made of. Until
    /// then nobody writes.
    public func markProjectionsStale() throws {
        try execute("projections_stale", "UPDATE log.projections SET fingerprint = \(ProjectionSet.notBuilt)")
        try execute("log_close", "UPDATE log.head SET tables = \(ProjectionSet.notBuilt)")
    }
}

extension PostgresPool {
    /// Removes what a rebuild that failed has left: it may be much, where the disk is full.
    public func dropUnfinishedProjections() async throws {
        try await execute(
            "projections_drop_unfinished", "DROP SCHEMA IF EXISTS \(identifier: ProjectionSet.draft) CASCADE")
    }
}

/// How far ``ProjectionSet`` is with what it brings up to date.
public enum UpkeepStep: Sendable {
    /// Another node is at it.
    case waiting
    case building(ProjectionProgress)
    case indexing
}

extension ProjectionSet {
    /// Makes what is missing and rebuilds what this version would build in another way; at once where there is nothing
    /// to do. To be called before anything is written.
    ///
    /// Where another node rebuilds already, it waits for that.
    ///
    /// - Parameters:
    ///   - isUsableEnough: returns as soon as the tables can answer; default not.
    ///   - report: told of every step.
    /// - Returns: what is left to do: nothing, or what can be done while the tables are used.
    @discardableResult
    public func bringUpToDate(
        in pool: PostgresPool, fold: ProjectionFold, configuration: RebuildConfiguration = .init(),
        isUsableEnough: Bool = false, logger: Logger, report: @escaping @Sendable (UpkeepStep) -> Void = { _ in }
    ) async throws -> TableStanding {
        let rebuilder = Rebuilder(set: self, fold: fold, pool: pool, configuration: configuration, logger: logger)
        let builder = IndexBuilder(set: self, pool: pool, configuration: configuration)
        var tries = 0
        while true {
            do {
                let standing = try await install(in: pool)
                if standing.isCurrent || isUsableEnough && standing.unusable.isEmpty { return standing }
                if !standing.stale.isEmpty {
                    logger.info("rebuilding projections", ["names": standing.stale.joined(separator: " ")])
                    if let report = try await rebuilder.rebuildStale(progress: { report(.building($0)) }) {
                        tell(of: report, logger)
                    }
                } else {
                    report(.indexing)
                    for file in files where standing.indexes.contains(file.name) { try await builder.build(file) }
                }
            } catch ProjectionError.busy {
                logger.info("another node rebuilds projections; waiting for it")
                report(.waiting)
                try await configuration.clock.sleep(for: configuration.exchangePause)
            } catch let error as PostgresError where error.code == .lockNotAvailable {
                tries += 1
                if tries >= configuration.exchangeTriesMax { throw error }
                try await configuration.clock.sleep(for: configuration.exchangePause)
            }
        }
    }

    private func tell(of report: Rebuilder.Report, _ logger: Logger) {
        logger.info(
            "projections have been rebuilt",
            [
                "names": report.names.joined(separator: " "), "events": report.events, "rows": report.rows,
                "seconds": report.elapsed.inSeconds,
            ])
        guard let first = report.skipped.all.first else { return }
        logger.warning(
            "events were skipped, since they cannot be read: `lifeos log repair-plan` explains each",
            ["count": report.skipped.count, "first": first.position, "because": "\(first.reason)"])
    }
}
