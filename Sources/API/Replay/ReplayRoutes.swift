public import Entities
public import HTTPServer
import Postgres
public import Replay

/// Going back in time: what was different, what to take back, and copies of how things were.
///
/// What takes long is an operation: the answer is 202 and says where to read how it goes.
public struct ReplayRoutes: Sendable {
    let service: EntityService
    let background: Background
    let forks: Forks

    public init(service: EntityService, background: Background, forks: Forks) {
        self.service = service
        self.background = background
        self.forks = forks
    }

    var pool: PostgresPool { service.pool }

    public func declare(in router: inout Router) {
        router.group("/api/v2/admin/replay") { routes in
            routes.get(
                "/diff", info: info("diff", "What is different between two points of the log.", .replayDiff)
            ) { request in try await diff(request) }
            routes.post(
                "/rollback",
                info: info("rollback", "Make entities again what they were, by new events.", .replayRollback)
            ) { request in try await rollback(request) }
            routes.post(
                "/undo",
                info: info("undo", "Take back what one command, import or other whole has done.", .replayUndo)
            ) { request in try await undo(request) }
            routes.get("/forks", info: info("forks.list", "List the forks.", .forks)) { _ in try await listForks() }
            routes.post(
                "/forks", info: info("forks.create", "Make a fork of how everything was at a point.", .forkCreation)
            ) { request in try await makeFork(request) }
            routes.delete(
                "/forks/{name}", info: info("forks.drop", "Remove a fork, with all that was done in it.", .forkRemoval)
            ) { request in try await dropFork(request) }
        }
    }

    private func info(_ verb: String, _ summary: String, _ operation: Operation) -> RouteInfo {
        RouteInfo(name: "replay.\(verb)", summary: summary, tags: ["Replay"], details: operation)
    }
}
