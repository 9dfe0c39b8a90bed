public import Catalogue
public import Migrations
public import Postgres
public import Projections
public import Telemetry

/// What this version makes a database of: the schema, and the tables that follow from the log.
public struct Blueprint: Sendable {
    public let migrations: [Migration]
    public let catalogue: Catalogue
    private let files: [ProjectionFile]
    public let set: ProjectionSet
    let projections: EntityProjections

    public init(migrations: [Migration], catalogue: Catalogue, files: [ProjectionFile]) throws(ProjectionError) {
        self.migrations = migrations
        self.catalogue = catalogue
        self.files = files
        set = try ProjectionSet(files: files, catalogue: catalogue)
        projections = try EntityProjections(set)
    }

    /// From the folders of a checkout: that of projections, with the migrations in it, and those of entity types.
    public init(projections: String, events: [String]) throws {
        try self.init(
            migrations: try Migration.load(from: "\(projections)/migrations"),
            catalogue: try Catalogue.load(from: events), files: try ProjectionFile.load(from: projections))
    }

    /// The same for other entity types.
    public func with(_ catalogue: Catalogue) throws(ProjectionError) -> Blueprint {
        try Blueprint(migrations: migrations, catalogue: catalogue, files: files)
    }

    public var fold: ProjectionFold { projections.fold(catalogue) }

    /// Brings a database to this version's schema.
    public func migrate(_ pool: PostgresPool, logger: Logger) async throws {
        try await Migrator(migrations, logger: logger).run(in: pool)
    }
}
