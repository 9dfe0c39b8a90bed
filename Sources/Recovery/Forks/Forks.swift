import Cryptography
public import Entities
public import Postgres
import Spelling
public import System
public import Telemetry

/// The forks of one installation: databases beside its own, on the same server.
///
///     let forks = Forks(pool: pool, blueprint: blueprint, logger: logger)
///     let fork = try await forks.make("what-if", at: 374)
///     let pool = try await forks.open(fork)
///
/// The log that they come from is only read.
public struct Forks: Sendable {
    let pool: PostgresPool
    let blueprint: Blueprint
    let logger: Logger
    let clock: any WallClock

    /// - Parameter pool: of the database that forks are made of.
    public init(
        pool: PostgresPool, blueprint: Blueprint, logger: Logger, clock: any WallClock = SystemWallClock()
    ) {
        self.pool = pool
        self.blueprint = blueprint
        self.logger = logger
        self.clock = clock
    }

    /// All of them, finished or not, by name.
    public func all() async throws -> [Fork] {
        let (source, database) = try await identity()
        let rows = try await pool.query(
            "forks",
            """
            SELECT datname::text, coalesce(shobj_description(oid, 'pg_database'), ''),
                CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) END,
                EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.datid = d.oid)
            FROM pg_database AS d WHERE NOT datistemplate AND datname <> current_database() ORDER BY datname
            """)
        return try rows.compactMap { row in
            let (name, comment, bytes, isInUse) = try row.decode(String.self, String.self, Int?.self, Bool.self)
            let note = ForkNote(comment)
            // Another's fork may be called so; and a copy of this database has our identity, but forks of its own.
            guard let forkName = ForkName(database: name, beside: database), note?.origin.source ?? source == source
            else { return nil }
            let state: Fork.State = note?.isWhole == true ? .whole : isInUse ? .making : .unfinished
            return Fork(
                name: forkName, database: name, state: state, origin: note?.origin, bytes: bytes, isInUse: isInUse)
        }
    }

    /// - Throws: ``ForkError/unknown(_:nearest:)``
    public func find(_ name: String) async throws -> Fork {
        let all = try await all()
        guard let fork = all.first(where: { $0.name.text == name }) else {
            throw ForkError.unknown(name, nearest: Spelling.nearest(to: name, among: all.map(\.name.text)))
        }
        return fork
    }

    /// Connections to a fork; to be closed by whoever asked.
    public func open(_ fork: Fork, metrics: Metrics = Metrics()) async throws -> PostgresPool {
        if fork.state != .whole { throw ForkError.unfinished(fork.name) }
        return try await database(fork.database).open(metrics: metrics)
    }

    func database(_ name: String) -> NewDatabase { NewDatabase(pool: pool, name: name, logger: logger) }

    /// Removes a fork with all that was written in it.
    ///
    /// - Throws: ``ForkError/inUse(_:)`` while anybody is connected to it.
    @discardableResult
    public func drop(_ name: String) async throws -> Fork {
        let fork = try await find(name)
        guard try await database(fork.database).drop() else { throw ForkError.inUse(fork.name) }
        logger.info("dropped a fork", ["fork": fork.name.text])
        return fork
    }

    /// Who the source is, and what its database is called.
    func identity() async throws -> (source: UUID, database: String) {
        try await pool.query("fork_source", "SELECT id, current_database()::text FROM installation")
            .only(UUID.self, String.self)
    }
}
