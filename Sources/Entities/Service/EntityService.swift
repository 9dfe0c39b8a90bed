public import Catalogue
public import Commands
public import EventLog
public import Postgres
public import Projections
public import System
public import Telemetry

/// Everything that can be asked of entities: commands through the one writer of this node, and questions to the database.
public final class EntityService: Sendable {
    public let catalogue: Catalogue
    public let pool: PostgresPool
    public let writer: StudioWriter
    public let identifiers: any IdentifierSource
    /// Tells which log all of it is about.
    public let log: LogIdentityReader
    /// Finds operations whose process ended; to be started by what runs for long.
    public let undertaker: Undertaker
    let lifeline: Lifeline
    let operationLimits: OperationLimits

    /// - Parameters:
    ///   - superseded: told where the database refuses changes because its tables are another version's.
    ///   - committed: told of the events of each commit, before anyone gets an answer.
    public init(
        _ blueprint: Blueprint, on pool: PostgresPool, configuration: CommandWriterConfiguration = .init(),
        operations: OperationLimits = .init(), identifiers: any IdentifierSource = TimeOrderedIdentifiers(),
        clock: any Clock<Duration> = ContinuousClock(), metrics: Metrics, logger: Logger,
        superseded: @escaping @Sendable () -> Void = {},
        committed: @escaping @Sendable ([Event]) -> Void = { _ in }
    ) throws(ProjectionError) {
        let catalogue = blueprint.catalogue
        var configuration = configuration
        configuration.tables = blueprint.set.fingerprint
        self.catalogue = catalogue
        self.pool = pool
        log = LogIdentityReader(pool: pool)
        self.identifiers = identifiers
        writer = CommandWriter(
            pool: pool, handler: try blueprint.registry(), configuration: configuration, metrics: metrics,
            logger: logger, superseded: superseded, committed: committed)
        operationLimits = operations
        lifeline = Lifeline(pool, limits: operations, clock: clock, logger: logger)
        undertaker = Undertaker(
            catalogue: catalogue, pool: pool, writer: writer, identifiers: identifiers, limits: operations,
            clock: clock,
            logger: logger)
    }

    public func start() { writer.start() }

    /// The answers that parts of a request got when it came before, for what is refused before it becomes a command.
    public func repetitions(of meta: EventMeta, parts: [Int]) async throws -> [Int: EntityAnswer] {
        try await ReceiptKeeping.answers(to: meta, parts: parts, in: pool).mapValues {
            .repeated(version: $0.version, id: $0.id)
        }
    }

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
