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
    /// Tells which log all of it is about.
    public let log: LogIdentityReader
    /// Finds operations whose process ended; to be started by what runs for long.
    public let undertaker: Undertaker
    let lifeline: Lifeline
    let operationLimits: OperationLimits

    /// - Parameter committed: told of the events of each commit, before anyone gets an answer.
    public init(
        _ blueprint: Blueprint, on pool: PostgresPool, configuration: CommandWriterConfiguration = .init(),
        operations: OperationLimits = .init(), identifiers: any IdentifierSource = TimeOrderedIdentifiers(),
        clock: any Clock<Duration> = ContinuousClock(), metrics: Metrics, logger: Logger,
        committed: @escaping @Sendable ([Event]) -> Void = { _ in }
    ) {
        let catalogue = blueprint.catalogue
        self.catalogue = catalogue
        self.pool = pool
        log = LogIdentityReader(pool: pool)
        self.identifiers = identifiers
        writer = CommandWriter(
            pool: pool, handler: EntityHandler(catalogue: catalogue, projections: blueprint.projections),
            configuration: configuration, metrics: metrics, logger: logger, committed: committed)
        operationLimits = operations
        lifeline = Lifeline(pool, limits: operations, clock: clock, logger: logger)
        undertaker = Undertaker(
            catalogue: catalogue, pool: pool, writer: writer, identifiers: identifiers, limits: operations,
            clock: clock,
            logger: logger)
    }

    public func start() { writer.start() }

    /// Runs it for as long as the body lasts.
    public func running<Result>(_ body: (EntityService) async throws -> Result) async throws -> Result {
        start()
        do {
            let result = try await body(self)
            await stop()
            return result
        } catch {
            await stop()
            throw error
        }
    }

    /// Finishes what was begun; takes nothing new.
    public func stop() async {
        await undertaker.stop()
        await writer.stop()
        await lifeline.close()
    }
}

extension ProjectionSet {
    /// The projections of a folder, for the types of a catalogue.
    public init(files: [ProjectionFile], catalogue: Catalogue) throws(ProjectionError) {
        try self.init(
            files: files, tables: EntityProjections.tables,
            types: catalogue.types.map { ($0.name, "\($0.fingerprint) \(RowRules.version)") })
    }
}
