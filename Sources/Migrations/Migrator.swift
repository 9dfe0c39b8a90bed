public import Postgres
internal import System
public import Telemetry

/// Brings a database to a list of migrations: forward only, each in its own transaction, one migrator at a time
/// however many nodes start at once.
public struct Migrator: Sendable {
    private let migrations: [Migration]
    private let logger: Logger

    public init(_ migrations: [Migration], logger: Logger) {
        self.migrations = migrations
        self.logger = logger.named("migrations")
    }

    /// Any number will do as long as nobody else in the database uses it for a lock.
    private static let lock: Int64 = 5_411_027_300_211
    /// How long one migration may run, or wait for another node's.
    private static let statementTimeout: Duration = .seconds(3_600)

    /// What is still to be done. Changes nothing, not even in an empty database.
    public func pending(in pool: PostgresPool) async throws -> [Migration] {
        try await pool.withConnection { connection in
            try plan(on: connection).pending
        }
    }

    /// Runs what is pending.
    ///
    /// - Returns: what was run, in order; empty when there was nothing to do.
    @discardableResult
    public func run(in pool: PostgresPool) async throws -> [Migration] {
        try await pool.withConnection { connection in
            connection.statementTimeout = Self.statementTimeout
            return try await connection.withAdvisoryLock(Self.lock) { connection in
                try connection.runScript(
                    "migrations_ledger",
                    unsafeSQL: """
                        CREATE TABLE IF NOT EXISTS migrations (
                            number int PRIMARY KEY,
                            name text NOT NULL,
                            checksum text NOT NULL,
                            applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
                        )
                        """)
                let pending = try plan(on: connection).pending
                for migration in pending { try await apply(migration, on: connection) }
                return pending
            }
        }
    }

    private func plan(on connection: isolated Connection) throws -> MigrationPlan {
        let exists = try connection.query("migrations_exist", "SELECT to_regclass('migrations') IS NOT NULL")
        guard let row = exists.first, try row.decode(Bool.self) else {
            return try MigrationPlan(applied: [], wanted: migrations)
        }
        let rows = try connection.query(
            "migrations_read", "SELECT number, name, checksum FROM migrations ORDER BY number")
        let applied = try rows.map { row in
            let (number, name, checksum) = try row.decode(Int.self, String.self, String.self)
            return MigrationPlan.Applied(number: number, name: name, checksum: checksum)
        }
        return try MigrationPlan(applied: applied, wanted: migrations)
    }

    private func apply(_ migration: Migration, on connection: isolated Connection) async throws {
        let start = ContinuousClock.now
        do {
            try await connection.transaction { connection in
                // A backup may be reading a table that the migration changes.
                try connection.waitForLocks(atMost: Self.statementTimeout)
                try connection.runScript("migration", unsafeSQL: migration.sql)
                try connection.execute(
                    "migration_record",
                    """
                    INSERT INTO migrations (number, name, checksum)
                    VALUES (\(Int32(migration.number)), \(migration.name), \(migration.checksum))
                    """)
            }
        } catch let error as PostgresError {
            throw MigrationError(.failed, "\(migration.title).sql does not run: \(error). Nothing of it was kept.")
        }
        logger.info(
            "migrated the database",
            ["migration": migration.title, "milliseconds": (ContinuousClock.now - start).wholeMilliseconds])
    }
}
