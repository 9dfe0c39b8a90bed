public import Catalogue
public import EventLog
public import Postgres
public import Projections
public import System
public import Telemetry

/// Everything that can be asked of entities: commands through the one writer of this node, and questions to the database.
public final class EntityService: Sendable {
    public let catalogue: Catalogue
    public let pool: PostgresPool
    public let writer: CommandWriter<EntityHandler>
    public let identifiers: any IdentifierSource

    /// - Parameter committed: told of the events of each commit, before anyone gets an answer.
    public init(
        catalogue: Catalogue, statements: EntityStatements, pool: PostgresPool,
        configuration: CommandWriterConfiguration = .init(),
        identifiers: any IdentifierSource = TimeOrderedIdentifiers(), metrics: Metrics, logger: Logger,
        committed: @escaping @Sendable ([Event]) -> Void
    ) {
        self.catalogue = catalogue
        self.pool = pool
        self.identifiers = identifiers
        writer = CommandWriter(
            pool: pool, handler: EntityHandler(catalogue: catalogue, statements: statements),
            configuration: configuration, metrics: metrics, logger: logger, committed: committed)
    }

    public func start() { writer.start() }

    /// Finishes what was begun; takes nothing new.
    public func stop() async { await writer.stop() }
}

extension ProjectionSet {
    /// The projections of a folder, for the types of a catalogue.
    public init(files: [ProjectionFile], catalogue: Catalogue) {
        self.init(files: files, types: catalogue.types.map { ($0.name, $0.fingerprint) })
    }
}
