import API
import Accounts
import CLI
import Console
import Entities
package import HTTPServer
package import Postgres
import Projections
package import Telemetry

/// One process's share of an installation: it answers requests and does the chores of a database, beside other nodes.
package struct Node: Sendable {
    package let premises: Premises
    package let routes: [Route]
    private let rooms: [Room]
    private let server: HTTPServer
    /// Opens it, and then looks after its tables.
    private let opening: Task<TableStanding, any Error>
    private let keeping: Task<Void, Never>

    /// Answers at once that it lives; what needs the tables is answered from when ``opened()`` returns.
    package static func start(
        _ configuration: NodeConfiguration, on pool: PostgresPool, metrics: Metrics, logger: Logger
    ) async throws -> Node {
        let premises = try await Premises(configuration, on: pool, metrics: metrics, logger: logger)
        let rooms = try Room.all.map { try $0(premises) }
        premises.health.add(configuration.checks ?? rooms.flatMap(\.checks))
        let router = router(premises, rooms)
        let server = HTTPServer(
            configuration: configuration.server, router: router, metrics: metrics, logger: logger)
        do { try server.start() } catch {
            throw Failure(
                "\(configuration.server.listen) cannot be used: \(error).",
                advice: "Stop the program that uses it, or set LIFEOS_LISTEN to another address.")
        }
        metrics.observe(
            "lifeos_tables_answering",
            help: "1 where this node answers from its tables, 0 while it opens or is superseded."
        ) { [gate = premises.gate] in gate.isOpen(for: .tables) ? 1 : 0 }
        let work = Opening(premises: premises, rooms: rooms)
        let opening = Task { try await work.open() }
        let keeping = Task {
            if let standing = try? await opening.value, !Task.isCancelled { await work.keep(standing) }
        }
        return Node(
            premises: premises, routes: router.routes, rooms: rooms, server: server, opening: opening, keeping: keeping)
    }

    /// Returns once everything is answered; throws why that cannot be.
    package func opened() async throws { _ = try await opening.value }

    /// Gives up what ``opened()`` waits for, and returns once that is over.
    package func cancelOpening() async {
        keeping.cancel()
        opening.cancel()
        _ = await opening.result
    }

    /// Where it answers by now.
    package var address: ServerAddress? { server.boundAddress }

    /// Writes what was accepted before it returns.
    package func stop(grace: Duration) async {
        await cancelOpening()
        await server.stop(grace: grace)
        await keeping.value
        for room in rooms.reversed() { await room.stop() }
        await premises.close()
    }

    /// Every route, and what stands around them.
    private static func router(_ premises: Premises, _ rooms: [Room]) -> Router {
        let authentication = premises.access.authentication
        var router = Router()
        router.use(premises.headers)
        DatabaseProblems.declare(in: &router)
        for room in rooms { room.open(&router) }
        router.group("") { signedIn in
            signedIn.use(authentication)
            for room in rooms { room.always(&signedIn) }
            for (need, declare) in rooms.flatMap({ [(TableGate.Need.log, $0.log), (.tables, $0.routes)] }) {
                signedIn.group("") { gated in
                    gated.use(GateKeeper(gate: premises.gate, need: need))
                    declare(&gated)
                }
            }
        }
        // Last: they describe whatever was declared before.
        let audience = premises.configuration.descriptionAudience
        let descriptions = DescriptionRoutes(
            title: premises.mark?.title ?? "Life-OS", catalogue: premises.service.catalogue, version: Program.version,
            server: premises.address, headers: premises.headers.headers, audience: audience, routes: router.routes)
        descriptions.declare(in: &router, behind: authentication)
        ReferenceRoutes(notice: premises.mark?.sentence) { descriptions.document }
            .declare(in: &router, behind: audience == .open ? nil : authentication)
        return router
    }
}
