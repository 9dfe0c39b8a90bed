import CLI
import Configuration
import Entities
import Postgres
import Projections
import Service

extension Blueprint {
    /// Refuses to take the tables away from a server that runs with other entity types, or in another version: it would
    /// answer nothing until it is restarted.
    func leaveTablesToServer(in pool: PostgresPool, _ settings: Settings) async throws {
        guard let server = try ServerRecord.running(in: settings.home()).first(where: { $0.fork == nil }),
            try await set.isTaken(in: pool)
        else { return }
        throw Failure(
            "The server at \(server.address) runs on this database with other entity types or another version.",
            advice: "Set LIFEOS_CATALOGUE and LIFEOS_PROJECTIONS as the server has them, or stop it first.")
    }
}
