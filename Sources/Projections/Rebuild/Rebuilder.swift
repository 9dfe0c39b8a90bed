public import Postgres
import System
public import Telemetry

/// Builds projections anew from the log, beside those that are read and written meanwhile, and puts them in their place.
///
///     let rebuilder = Rebuilder(set: blueprint.set, fold: blueprint.fold, pool: pool, logger: logger)
///     let report = try await rebuilder.rebuild { progress in … }
///
/// Until the exchange nothing that is in use is touched: a rebuild that is killed can be started again. It needs up to
/// five connections of the pool, and room on the disk for a second copy of the tables.
public struct Rebuilder: Sendable {
    let set: ProjectionSet
    let fold: ProjectionFold
    let pool: PostgresPool
    let configuration: RebuildConfiguration
    let logger: Logger

    static var schema: String { ProjectionSet.draft }

    public init(
        set: ProjectionSet, fold: ProjectionFold, pool: PostgresPool, configuration: RebuildConfiguration = .init(),
        logger: Logger
    ) {
        self.set = set
        self.fold = fold
        self.pool = pool
        self.configuration = configuration
        self.logger = logger
    }

    /// What a rebuild did.
    public struct Report: Sendable, Hashable {
        public let names: [String]
        /// The last position that is in the new tables.
        public let position: Int
        /// Events that were read, those included that were read again to catch up.
        public let events: Int
        public let rows: Int
        /// Where the tables are that were in use before.
        public let oldSchema: String
        public let elapsed: Duration
        /// How long nothing could be appended to the log.
        public let heldUp: Duration
        /// Events that nothing could be made of.
        public let skipped: SkippedEvents
    }

    /// Rebuilds all projections, or the named ones.
    ///
    /// - Throws: ``ProjectionError/busy`` while another rebuild is under way.
    @discardableResult
    public func rebuild(
        _ names: [String]? = nil, progress: @escaping @Sendable (ProjectionProgress) -> Void = { _ in }
    ) async throws -> Report {
        let files = try set.files(named: names)
        try pool.allows(connections: 3)
        let counter = ProgressCounter(progress)
        return try await pool.withConnection { connection in
            try await connection.withRebuildLock { connection in
                connection.statementTimeout = configuration.statementTimeout
                return try await rebuild(files, counter, on: connection)
            }
        }
    }

    private func rebuild(
        _ files: [ProjectionFile], _ counter: ProgressCounter, on connection: isolated Connection
    ) async throws -> Report {
        let start = ContinuousClock.now
        try makeTables(files, on: connection)
        let head = try connection.logHead(locked: false)
        var work = Work(files: files, counter: counter, memorable: head.memorable(fold.memory), fold: fold)
        counter.begin(.reading, total: head.position)
        try await fill(&work, to: head.position, on: connection)
        counter.begin(.indexing)
        try await buildIndexes(files)
        try await catchUp(&work, on: connection)
        counter.begin(.exchanging)
        let (exchange, heldUp) = try await exchange(&work, on: connection)
        counter.begin(.done)
        return Report(
            names: files.map(\.name), position: work.position, events: work.events, rows: work.rows,
            oldSchema: exchange, elapsed: ContinuousClock.now - start, heldUp: heldUp,
            skipped: work.gathered.allSkipped)
    }

    /// What a rebuild under way knows.
    struct Work: Sendable {
        let files: [ProjectionFile]
        let counter: ProgressCounter
        let memorable: Timestamp
        /// All events up to here are in the new tables.
        var position = 0
        var events = 0
        var rows = 0
        var gathered: FoldRun

        init(files: [ProjectionFile], counter: ProgressCounter, memorable: Timestamp, fold: ProjectionFold) {
            self.files = files
            self.counter = counter
            self.memorable = memorable
            gathered = FoldRun(
                fold, FoldScope(tables: Set(files.map(\.name)), memorable: memorable, countsAfter: 0))
        }

        var names: Set<String> { Set(files.map(\.name)) }
        /// The tables that are filled, in the order of the rows that readers deliver.
        var tables: [TableShape] { gathered.tables }
    }

    private func makeTables(_ files: [ProjectionFile], on connection: isolated Connection) throws {
        let types = set.types.map(\.name)
        let script = files.map { $0.tableScript(in: Self.schema, types: types) }.joined(separator: "\n")
        try connection.runScript(
            "rebuild_tables",
            unsafeSQL: """
                -- A rebuild that was killed may go on in the server for some seconds.
                SET LOCAL lock_timeout = '60s';
                DROP SCHEMA IF EXISTS \(Self.schema) CASCADE;
                CREATE SCHEMA \(Self.schema);
                \(script)
                """)
    }

    private func buildIndexes(_ files: [ProjectionFile]) async throws {
        try await withThrowingTaskGroup { group in
            for file in files {
                group.addTask {
                    try await pool.withConnection { connection in
                        connection.statementTimeout = configuration.statementTimeout
                        try await connection.transaction { connection in
                            try connection.execute(
                                "rebuild_memory",
                                SQL(unsafeSQL: "SET LOCAL maintenance_work_mem = '\(configuration.indexMegabytes)MB'"))
                            try connection.runScript(
                                "rebuild_indexes", unsafeSQL: file.script("indexes", in: Self.schema))
                            try connection.execute(
                                "rebuild_analyze", SQL(unsafeSQL: "ANALYZE \(Self.schema).\(file.name)"))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

extension ProjectionSet {
    /// All of them, or those that are asked for.
    func files(named names: [String]?) throws(ProjectionError) -> [ProjectionFile] {
        guard let names else { return files }
        for name in names where !files.contains(where: { $0.name == name }) {
            throw .unknown(name, known: files.map(\.name))
        }
        return files.filter { names.contains($0.name) }
    }
}

extension PostgresPool {
    /// Refuses at once what would wait for a connection in vain.
    func allows(connections wanted: Int) throws(ProjectionError) {
        let count = configuration.connectionsMax
        if count < wanted { throw .tooFewConnections(count, wanted: wanted) }
    }
}
