import Accounts
import Catalogue
import Entities
import EventLog
import HTTPServer
import JSON

/// How many entities there are.
extension EntityRoutes {
    func declareCounts(in router: inout Router) {
        router.get(
            "/api/v2/entities/counts",
            info: RouteInfo(
                "entities.counts", "Count entities by type, archived and favorite.", in: "Entities",
                needs: .readEntities, .entityCounts), .asOf
        ) { _, point in try await counts(at: point) }
    }

    private func counts(at point: Point) async throws -> Response {
        let answer = try await EntityProblems.translating(service.catalogue.types[0]) {
            try await reader.counts(at: point)
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("items") { writer in
                writer.array(of: answer.items) { writer, item in
                    writer.object { writer in
                        writer.field("type", item.type)
                        writer.field("archived", item.isArchived)
                        writer.field("favorite", item.isFavorite)
                        writer.field("count", item.count)
                    }
                }
            }
            writer.field("position", answer.position)
        }
        return .json(writer.bytes)
    }
}

extension RouteDescription {
    fileprivate static var entityCounts: RouteDescription {
        RouteDescription(
            answers: [
                Answer(
                    summary: "A count for each combination that any entity has.",
                    schema: Schema.object([
                        "items": Schema.list(
                            of: Schema.object([
                                "type": Schema.text, "archived": Schema.flag, "favorite": Schema.flag,
                                "count": Schema.count,
                            ])), "position": Schema.count,
                    ]))
            ])
    }
}
