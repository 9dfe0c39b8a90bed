public import Catalogue
public import Commands
public import Migrations
public import Postgres
public import Projections
public import Telemetry

/// What this version makes a database of: the schema, the tables that follow from the log, and the categories that are
/// written to it.
public struct Blueprint: Sendable {
    public let migrations: [Migration]
    public let catalogue: Catalogue
    private let files: [ProjectionFile]
    private let categories: [CategoryDeclaration]
    public let set: ProjectionSet
    public let fold: ProjectionFold

    /// - Parameter categories: those besides the entities, which have tables and commands of their own.
    public init(
        migrations: [Migration], catalogue: Catalogue, files: [ProjectionFile], categories: [CategoryDeclaration] = []
    ) throws(ProjectionError) {
        self.migrations = migrations
        self.catalogue = catalogue
        self.files = files
        self.categories = categories
        set = try ProjectionSet(
            files: files,
            tables: EntityProjections.tables + categories.flatMap(\.tables) + [ReceiptKeeping.table],
            types: catalogue.types.map(\.traits), rules: RowRules.version)
        fold = try Self.registry(set, catalogue, categories).fold
    }

    /// From the folders of a checkout: that of projections, with the migrations in it, and those of entity types.
    public init(projections: String, events: [String]) throws {
        try self.init(
            migrations: try Migration.load(from: "\(projections)/migrations"),
            catalogue: try Catalogue.load(from: events), files: try ProjectionFile.load(from: projections))
    }

    /// The same for other entity types.
    public func with(_ catalogue: Catalogue) throws(ProjectionError) -> Blueprint {
        try Blueprint(migrations: migrations, catalogue: catalogue, files: files, categories: categories)
    }

    /// The same with one more category, and the files of its tables.
    public func with(
        _ category: CategoryDeclaration, _ more: [ProjectionFile]
    ) throws(ProjectionError) -> Blueprint {
        try Blueprint(
            migrations: migrations, catalogue: catalogue, files: files + more, categories: categories + [category])
    }

    /// The categories for one writer: what they remember is of its database alone.
    func registry() throws(ProjectionError) -> CategoryRegistry {
        try Self.registry(set, catalogue, categories)
    }

    private static func registry(
        _ set: ProjectionSet, _ catalogue: Catalogue, _ more: [CategoryDeclaration]
    ) throws(ProjectionError) -> CategoryRegistry {
        var categories: [any CommandCategory] = [
            EntityCategory(catalogue: catalogue, projections: try EntityProjections(set))
        ]
        for declaration in more { categories.append(try declaration.make(set)) }
        return CategoryRegistry(categories, receipts: try ReceiptKeeping(set))
    }

    /// Brings a database to this version's schema.
    public func migrate(_ pool: PostgresPool, logger: Logger) async throws {
        try await Migrator(migrations, logger: logger).run(in: pool)
    }
}
