import Accounts
public import Entities
public import HTTPServer
import JSON
import Projections
import System

/// What is known of the projections, and what can be done about them.
public struct ProjectionRoutes: Sendable {
    private let work: ProjectionWork
    private let background: Background

    public init(work: ProjectionWork, background: Background) {
        self.work = work
        self.background = background
    }

    public func declare(in router: inout Router) {
        let known = work.set.files.map(\.name)
        let some = JSONShape.array(of: .name(among: known))
            .annotated(["description": "The projections to rebuild. Default: all."])
        let asked = JSONShape.object(.optional("names", some, default: []), build: { $0 })
        router.get(
            "/api/v2/admin/projections",
            info: info("list", "List the projections.", .projections)
        ) { _ in try await list() }
        router.post(
            "/api/v2/admin/projections/rebuild",
            info: info(
                "rebuild", "Rebuild projections from the log.",
                .accepted(
                    body: .init(schema: asked.schema, example: ["names": .array(known.suffix(1).map { .string($0) })]))),
            .order
        ) { request, order in
            let names = try request.json(as: asked)
            let parameters: JSONObject = names.isEmpty ? [:] : ["names": .array(names.map { .string($0) })]
            return try await background.accept(work.rebuild, parameters, request, order)
        }
        router.post(
            "/api/v2/admin/projections/check",
            info: info("check", "Compare the projections with the log.", .accepted()), .order
        ) { request, order in try await background.accept(work.check, [:], request, order) }
    }

    private func info(_ verb: String, _ summary: String, _ description: RouteDescription) -> RouteInfo {
        RouteInfo("projections.\(verb)", summary, in: "Projections", needs: .keepProjections, description)
    }

    private func list() async throws -> Response {
        let pool = work.service.pool
        let states = try await work.set.list(in: pool)
        let old = try await OldSchema.all(in: pool)
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("items") { writer in
                writer.array(of: states) { writer, state in
                    writer.object { writer in
                        writer.field("name", state.name)
                        writer.field("summary", state.summary)
                        writer.field("rows", state.rows)
                        writer.field("bytes", state.bytes)
                        if let builtAt = state.builtAt { writer.field("built_at", builtAt.description) }
                        writer.field("built_position", state.builtPosition)
                        writer.field("stale", state.isStale)
                    }
                }
            }
            writer.field("old") { writer in
                writer.array(of: old) { writer, old in
                    writer.object { writer in
                        writer.field("schema", old.name)
                        writer.field("bytes", old.bytes)
                    }
                }
            }
            if let current = background.current(ProjectionWork.exclusion) {
                writer.field("operation", current.description)
            }
        }
        return .json(writer.bytes)
    }
}
