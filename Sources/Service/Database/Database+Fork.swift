import CLI
package import Entities
import Postgres
import Recovery
package import Telemetry

extension Database {
    /// Goes over to a fork of the opened database. The one it comes from is let go of.
    package func inFork(_ name: String, _ blueprint: Blueprint, metrics: Metrics, logger: Logger) async throws
        -> Database
    {
        let forks = Forks(pool: pool, blueprint: blueprint, logger: logger)
        let fork = try await Failure.telling { try await forks.open(try await forks.find(name), metrics: metrics) }
        await pool.close()
        return Database(pool: fork, own: own)
    }
}

extension Blueprint {
    package init(_ folders: Folders) throws {
        try self.init(projections: folders.projections, events: folders.events)
    }
}
