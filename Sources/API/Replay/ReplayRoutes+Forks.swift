import Cryptography
import Entities
import EventLog
import HTTPServer
import JSON
import Postgres
import Recovery
import System

extension ReplayRoutes {
    func listForks() async throws -> Response {
        let all = try await forks.all()
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("items") { writer in
                writer.array(of: all) { writer, fork in
                    writer.object { writer in
                        writer.field("name", fork.name.text)
                        writer.field("state", fork.state.rawValue)
                        writer.field("database", fork.database)
                        if let origin = fork.origin {
                            writer.field("position", origin.position)
                            writer.field("hash", origin.hash.hex)
                            writer.field("created_at", origin.createdAt.description)
                            if let reason = origin.reason { writer.field("reason", reason) }
                        }
                        if let bytes = fork.bytes { writer.field("bytes", bytes) }
                        writer.field("in_use", fork.isInUse)
                    }
                }
            }
        }
        return .json(writer.bytes)
    }

    /// What a fork is made of.
    static let forkCreation = JSONShape.object(
        .required("name", forkName), .optional("point", RollbackRequest.point("Default now.")),
        build: { (name: $0, point: $1 ?? .now) })

    private static let forkName = JSONShape<String>.string
        .converted(orSay: ForkName.rule) { text -> String? in ForkName(text) == nil ? nil : text }
        .annotated(["description": .string(ForkName.rule), "examples": ["what-if"]] as JSONObject)

    func makeFork(_ request: Request, _ order: CommandRequest) async throws -> Response {
        let (name, point) = try request.json(as: Self.forkCreation)
        let position = try await PointProblems.translating("point") {
            try await EventReader(pool: pool).commandEnd(at: point.resolve(in: pool).position).position
        }
        if try await forks.all().contains(where: { $0.name.text == name }) {
            throw Problem.conflict("The fork \(name) already exists. Choose another name, or delete it first.")
        }
        let reason = order.reason
        let work = Background.Work(
            "fork", "Fork \(name) of position \(position)", whenStopped: "Nothing of it is left."
        ) { parameters, reporter in
            let fork = try await forks.make(
                name: parameters["name"]?.string ?? "", at: parameters["position"]?.integer ?? 0, reason: reason
            ) { step in
                reporter.report(
                    done: step.done, total: step.total > 0 ? step.total : nil, message: step.phase.rawValue)
            }
            return ["database": .string(fork.database)]
        }
        return try await background.accept(
            work, ["name": .string(name), "position": .integer(position)], request, order)
    }

    func dropFork(_ name: String, _ request: Request, _ order: CommandRequest) async throws -> Response {
        let fork: Fork
        do {
            fork = try await forks.find(name)
        } catch let error as ForkError {
            throw Problem.notFound("\(error.description) List them at /api/v2/admin/replay/forks.")
        }
        if fork.isInUse { throw Problem.conflict("\(ForkError.inUse(fork.name)) \(ForkError.inUse(fork.name).advice)") }
        let work = Background.Work("fork_drop", "Removal of the fork \(fork.name)") { parameters, _ in
            try await forks.drop(parameters["name"]?.string ?? "")
            return [:]
        }
        return try await background.accept(work, ["name": .string(fork.name.text)], request, order)
    }
}
