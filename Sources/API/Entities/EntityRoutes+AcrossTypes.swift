import Catalogue
import Entities
import HTTPServer
import JSON

/// What is asked of all types at once, and of tags.
extension EntityRoutes {
    func declareAcrossTypes(in router: inout Router) {
        router.get(
            "/api/v2/entities",
            info: RouteInfo(
                name: "entities.list", summary: "List entities of all types.", tags: ["Entities"],
                details: Operation.list(of: nil))
        ) { request in
            try cached(request)
        } otherwise: { request in
            try await list(request, nil, ListParameters.query(request, of: nil))
        }
        router.get(
            "/api/v2/search",
            info: RouteInfo(
                name: "entities.search", summary: "Find entities of all types by words.", tags: ["Entities"],
                details: Operation.list(of: nil, needsSearch: true))
        ) { request in
            try cached(request)
        } otherwise: { request in
            try await list(request, nil, ListParameters.query(request, of: nil, needsSearch: true))
        }
    }

    func declareTagRoutes(in routes: inout Router) {
        routes.get(
            "/cloud",
            info: RouteInfo(
                name: "tags.cloud", summary: "Tags with how many entities wear them.", tags: ["Tags"],
                details: Operation.tagCounts(.type(of: service.catalogue), limit: Self.cloudLimit))
        ) { request in try await tags(request, needsPrefix: false) }
        routes.get(
            "/suggest",
            info: RouteInfo(
                name: "tags.suggest", summary: "Tags that begin with what someone types.", tags: ["Tags"],
                details: Operation.tagCounts(.prefix, .type(of: service.catalogue), limit: Self.suggestionsLimit))
        ) { request in try await tags(request, needsPrefix: true) }
    }

    private static let cloudLimit = 100
    private static let suggestionsLimit = 10

    private func tags(_ request: Request, needsPrefix: Bool) async throws -> Response {
        let (type, prefix, limit, point) = try request.query.decode(unknown: .refused) {
            (reader: inout ParameterReader) throws(Problem) in
            (
                reader.value("type", code: "not_a_choice", advice: "Use the name of an entity type, such as character.")
                {
                    service.catalogue[type: $0]?.name
                }, needsPrefix ? reader.text("prefix", bytes: 1...100, .required) : nil,
                reader.int(
                    "limit", in: 1...EntityReader.tagsMax,
                    default: needsPrefix ? Self.suggestionsLimit : Self.cloudLimit),
                ListParameters.point(&reader)
            )
        }
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
