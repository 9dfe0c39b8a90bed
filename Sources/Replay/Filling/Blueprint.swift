public import Catalogue
import Cryptography
public import Entities
import EventLog
public import Migrations
public import Postgres
public import Projections
public import Telemetry

/// What this version makes a database of: the schema, and the tables that follow from the log.
public struct Blueprint: Sendable {
    public let migrations: [Migration]
    public let catalogue: Catalogue
    public let files: [ProjectionFile]

    public init(migrations: [Migration], catalogue: Catalogue, files: [ProjectionFile]) {
        self.migrations = migrations
        self.catalogue = catalogue
        self.files = files
    }

    /// From the folders of a checkout: that of projections, with the migrations in it, and those of entity types.
    public init(projections: String, events: [String]) throws {
        self.init(
            migrations: try Migration.load(from: "\(projections)/migrations"),
            catalogue: try Catalogue.load(from: events), files: try ProjectionFile.load(from: projections))
    }

    public var set: ProjectionSet { ProjectionSet(files: files, catalogue: catalogue) }
    public var fold: EntityFold { EntityFold(catalogue: catalogue, files: files) }

    /// Brings a database to this version's schema.
    public func migrate(_ pool: PostgresPool, logger: Logger) async throws {
        try await Migrator(migrations, logger: logger).run(in: pool)
    }

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
