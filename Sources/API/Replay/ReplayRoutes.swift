import Accounts
public import Entities
public import HTTPServer
import JSON
import Postgres
public import Recovery

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
                "/diff", info: info("diff", "Show what changed between two points of the log.", .replayDiff), .diff
            ) { _, asked in try await diff(asked) }
            routes.post(
                "/rollback",
                info: info("rollback", "Return entities to their state at a point, by new events.", .replayRollback),
                .reason
            ) { request, order in try await rollback(request, order) }
            routes.post(
                "/undo",
                info: info("undo", "Undo everything that one command, import or operation did.", .replayUndo), .reason
            ) { request, order in try await undo(request, order) }
            routes.get("/forks", info: info("forks.list", "List the forks.", .forks)) { _ in try await listForks() }
            routes.post(
                "/forks", info: info("forks.create", "Fork the system as it was at a point.", .forkCreation),
                .order
            ) { request, order in try await makeFork(request, order) }
            routes.delete(
                "/forks/{name}", info: info("forks.drop", "Delete a fork and everything in it.", .accepted()),
                .path("name", .forkName, "The fork's name."),
                .order
            ) { request, name, order in try await dropFork(name, request, order) }
        }
    }

    private func info(_ verb: String, _ summary: String, _ description: RouteDescription) -> RouteInfo {
        RouteInfo("replay.\(verb)", summary, in: "Replay", needs: .replay, description)
    }
}

extension ParameterKind<String> {
    /// What is no name of a fork names none: that is 404 and not 400.
    fileprivate static var forkName: Self {
        let schema: JSONValue = ["type": "string", "examples": ["what-if"]]
        return ParameterKind(schema, advice: "") { $0 }
    }
}
