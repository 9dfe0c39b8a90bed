import Accounts
import Catalogue
public import Entities
public import HTTPServer
import JSON
import System

/// The REST API of every entity type of the catalogue.
public struct EntityRoutes: Sendable {
    let service: EntityService
    let reader: EntityReader
    let cache: ResponseCache

    public init(service: EntityService, cache: ResponseCache) {
        self.service = service
        self.cache = cache
        reader = EntityReader(pool: service.pool, catalogue: service.catalogue)
    }

    public func declare(in router: inout Router) {
        for type in service.catalogue.types {
            router.group("/api/v2/\(type.collection)") { routes in
                // What is said of all entities of the type is before what is said of one.
                if type.name == "tag" { declareTagRoutes(in: &routes) }
                declareReading(type, in: &routes)
                if !type.isSystem { declareWriting(type, in: &routes) }
            }
        }
        declareAcrossTypes(in: &router)
        declareBulk(in: &router)
        declareCounts(in: &router)
    }

    /// How a route tells about itself.
    func info(
        _ type: EntityType, _ verb: String, _ summary: String, needs right: Right? = nil,
        _ description: RouteDescription
    ) -> RouteInfo {
        RouteInfo(
            "\(type.collection).\(verb)", summary, in: type.plural, needs: right ?? Self.rightToRead(type), description)
    }

    /// What the system writes of itself is nothing that people keep.
    private static func rightToRead(_ type: EntityType) -> Right {
        switch type.name {
        case "operation": .runJobs
        default: type.isSystem ? .readAudit : .readEntities
        }
    }

    /// The entity that the path names; what is no id names nothing.
    func identifier(_ text: String, _ type: EntityType) async throws -> UUID {
        if let id = UUID(text) { return id }
        // Where ids come from names, the name will do.
        if type.uniqueBy != nil, let slug = Slug.of(text) {
            return try await EntityProblems.translating(type) { try await reader.identifier(slug: slug, of: type) }
        }
        throw Problem.notFound(
            "There is no \(type.title.lowercased()) with this id. List them at /api/v2/\(type.collection).")
    }

    /// An answer from the cache, or 304 where the client has it already.
    func cached(_ request: Request) throws(Problem) -> Response? {
        guard let hit = cache.find(request.target) else { return nil }
        let isConditional = request.header("If-None-Match") != nil || request.header("If-Match") != nil
        if isConditional, let tag = hit.tag {
            return try request.preconditions.answer(hit.response, tag: tag)
        }
        return hit.response
    }
}

extension EntityType {
    /// Such as `an outfit`.
    var withArticle: String {
        let one = title.lowercased()
        return "\(one.first.map { "aeiou".contains($0) } == true ? "an" : "a") \(one)"
    }
}
