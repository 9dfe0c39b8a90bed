import CLI
package import Configuration
package import Migrations
package import Postgres
package import PrivatePostgres
package import Telemetry

/// The database a command works with: the one `DATABASE_URL` names, or our own.
package struct Database {
    package let pool: PostgresPool
    package let own: PrivatePostgres?

    /// - Parameters:
    ///   - role: whether to run our own PostgreSQL alone, or to share it with a `serve` that runs already.
    ///   - makesHome: whether a missing home is made. Default not: a mistyped LIFEOS_HOME is then told of.
    ///   - connectionsMin: how many connections the command cannot do without, whatever the settings say.
    package static func open(
        _ settings: Settings, role: PrivatePostgres.Configuration.Role, makesHome: Bool = false,
        connectionsMin: Int = 1, metrics: Metrics, logger: Logger
    ) async throws -> Database {
        var own: PrivatePostgres?
        let conninfo: String
        if let url = settings[LifeOSSettings.databaseURL] {
            conninfo = url.revealed()
        } else {
            var configuration = PrivatePostgres.Configuration(home: settings[LifeOSSettings.home])
            configuration.role = role
            configuration.makesHome = makesHome
            configuration.account = settings[LifeOSSettings.postgresUser]
            let started = try await PrivatePostgres.start(configuration, logger: logger.named("private-postgres"))
            conninfo = started.conninfo()
            own = started
        }
        do {
            var configuration = PoolConfiguration(connection: conninfo)
            configuration.connectionsMax = max(connectionsMin, settings[LifeOSSettings.databaseConnections])
            let pool = try await PostgresPool(configuration: configuration, metrics: metrics, logger: logger)
            return Database(pool: pool, own: own)
        } catch {
            await own?.stop()
            throw error
        }
    }

    package func close() async {
        await pool.close()
        await own?.stop()
    }

    /// Runs what is pending of the shipped migrations.
    @discardableResult
    package func migrate(_ folders: Folders, logger: Logger) async throws -> [Migration] {
        try await Migrator(Migration.load(from: folders.migrations), logger: logger).run(in: pool)
    }
}
