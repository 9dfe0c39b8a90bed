import Cryptography
import Entities
import EventLog
import Postgres
import Projections
import Telemetry

extension Blueprint {
    /// Fills the empty log of a database that has this schema.
    ///
    /// - Parameters:
    ///   - source: the log that the rows are of; nil where it is not known.
    ///   - alongside: what else belongs to it: happens with the log or not at all.
    func fill<Rows: AsyncSequence & Sendable>(
        _ pool: PostgresPool, upTo end: CommandEnd, expecting hash: SHA256Digest?, of source: LogID?, from rows: Rows,
        progress: @escaping @Sendable (FillingProgress) -> Void,
        alongside: @escaping @Sendable (isolated Connection) throws -> Void
    ) async throws -> LogHead where Rows.Element == CopyBatch {
        try await LogFiller(pool: pool).fill(
            upTo: end.position, expecting: hash,
            continuing: LogPredecessor(log: source, position: end.position), from: rows,
            progress: { progress(FillingProgress(.copying, done: $0, total: end.position)) },
            alongside: { connection in
                try alongside(connection)
                // Whoever opens the database next makes the tables, should this process not come to it.
                try connection.markProjectionsStale()
            })
    }

    /// Makes all tables from a log that was just filled. Nobody has used them before, so nothing of old ones is kept.
    func project(
        in pool: PostgresPool, logger: Logger, progress: @escaping @Sendable (FillingProgress) -> Void
    ) async throws {
        try await set.bringUpToDate(in: pool, fold: fold, logger: logger) { step in
            progress(FillingProgress(.building, done: step.eventsDone, total: step.eventsTotal))
        }
        _ = try await OldSchema.dropAll(in: pool)
    }
}
