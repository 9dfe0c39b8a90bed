public import Catalogue
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
}
