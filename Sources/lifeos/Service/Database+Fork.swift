import CLI
import Postgres
import Replay
import Telemetry

extension Database {
    /// Goes over to a fork of the opened database. The one it comes from is let go of.
    func inFork(_ name: String, _ folders: Folders, metrics: Metrics, logger: Logger) async throws -> Database {
        let forks = Forks(pool: pool, blueprint: try Blueprint(folders), logger: logger)
        let fork = try await Failure.telling { try await forks.open(try await forks.find(name), metrics: metrics) }
        await pool.close()
        return Database(pool: fork, own: own)
    }
}

extension Blueprint {
    init(_ folders: Folders) throws {
        try self.init(projections: folders.projections, events: folders.events)
    }
}
