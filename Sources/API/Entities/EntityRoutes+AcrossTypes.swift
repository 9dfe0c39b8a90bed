import Accounts
import Catalogue
import Entities
import EventLog
import HTTPServer
import JSON

/// What is asked of all types at once, and of tags.
extension EntityRoutes {
    func declareAcrossTypes(in router: inout Router) {
        router.get(
            "/api/v2/entities",
            info: RouteInfo(
                "entities.list", "List entities of all types.", in: "Entities", needs: .readEntities, .list(of: nil)),
            .list(of: nil), .ifNoneMatch
        ) { request in
            try cached(request)
        } otherwise: { request, query, conditions in
            try await list(request, nil, query, conditions)
        }
        router.get(
            "/api/v2/search",
            info: RouteInfo(
                "entities.search", "Search entities of all types by words.", in: "Entities", needs: .readEntities,
                .list(of: nil)),
            .list(of: nil, needsSearch: true), .ifNoneMatch
        ) { request in
            try cached(request)
        } otherwise: { request, query, conditions in
            try await list(request, nil, query, conditions)
        }
    }

    func declareTagRoutes(in routes: inout Router) {
        routes.get(
            "/cloud",
            info: RouteInfo(
                "tags.cloud", "List tags with the number of entities that have each.", in: "Tags", needs: .readEntities,
                .tagCounts),
            .type(of: service.catalogue), .limit(upTo: EntityReader.tagsMax, default: Self.cloudLimit), .asOf
        ) { _, type, limit, point in try await tags(type, prefix: nil, limit, point) }
        routes.get(
            "/suggest",
            info: RouteInfo(
                "tags.suggest", "Suggest tags for what someone types.", in: "Tags", needs: .readEntities,
                .tagCounts),
            .required("prefix", .text(length: 1...100), "How the tag begins."), .type(of: service.catalogue),
            .limit(upTo: EntityReader.tagsMax, default: Self.suggestionsLimit), .asOf
        ) { _, prefix, type, limit, point in try await tags(type, prefix: prefix, limit, point) }
    }

    private static let cloudLimit = 100
    private static let suggestionsLimit = 10

    private func tags(_ type: String?, prefix: String?, _ limit: Int, _ point: Point) async throws -> Response {
        let answer = try await EntityProblems.translating(service.catalogue.types[0]) {
            try await reader.tags(type: type, prefix: prefix, limit: limit, at: point)
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("items") { writer in
                writer.array(of: answer.items) { writer, tag in
                    writer.object { writer in
                        writer.field("tag", tag.slug)
                        writer.field("name", tag.name)
                        writer.field("category", tag.category)
                        writer.field("color", tag.color)
                        writer.field("count", tag.count)
                    }
                }
            }
            writer.field("position", answer.position)
        }
        return .json(writer.bytes)
    }
}

extension ParameterShape<String?> {
    /// The entity type that is worn.
    fileprivate static func type(of catalogue: Catalogue) -> Self {
        .optional(
            "type",
            .name(among: catalogue.types.map(\.name), advice: "Use the name of an entity type, such as character."),
            "Only tags of entities of this type.")
    }
}
