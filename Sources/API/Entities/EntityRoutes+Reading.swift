import Catalogue
import Cryptography
import Entities
import EventLog
import HTTPServer
import JSON
import System

/// Reading one type: the list, one entity, and what became of it.
extension EntityRoutes {
    func declareReading(_ type: EntityType, in routes: inout Router) {
        let one = type.withArticle
        routes.get(
            "", info: info(type, "list", "List \(type.plural.lowercased()).", .list(of: type)),
            .list(of: type), .ifNoneMatch
        ) { request in
            try cached(request)
        } otherwise: { request, query, conditions in
            try await list(request, type, query, conditions)
        }
        routes.get("/{id}", info: info(type, "get", "Read \(one).", .one(type)), .id(of: type), .asOf, .ifNoneMatch) {
            request in
            try cached(request)
        } otherwise: { request, id, point, conditions in
            try await find(request, identifier(id, type), type, point, conditions)
        }
        routes.get(
            "/{id}/history",
            info: info(
                type, "history", "List the changes of \(one), the latest first.", .about("HistoryPage", "Its versions.")
            ),
            .id(of: type), .limit, .offset, .asOf
        ) { _, id, limit, offset, point in try await history(identifier(id, type), type, limit, offset, point) }
        routes.get(
            "/{id}/versions/{version}",
            info: info(type, "version", "Read a version of \(one).", .one(type)),
            .id(of: type), .path("version", .version, "The version. The first is 1."), .asOf, .ifNoneMatch
        ) { _, id, number, point, conditions in
            try await version(number, identifier(id, type), type, point, conditions)
        }
        routes.get(
            "/{id}/diff",
            info: info(
                type, "diff", "Compare two versions of \(one).",
                .about("Diff", "The differences.")),
            .id(of: type), .required("from", .version, "The one version."), .required("to", .version, "The other."),
            .asOf
        ) { _, id, from, to, point in try await difference(identifier(id, type), type, from, to, point) }
        routes.get(
            "/{id}/references",
            info: info(
                type, "references", "List what \(one) refers to, and what refers to it.",
                .about("References", "Both directions.")), .id(of: type), .asOf
        ) { _, id, point in try await references(identifier(id, type), type, point) }
    }

    func list(
        _ request: Request, _ type: EntityType?, _ query: ListQuery, _ conditions: Preconditions
    ) async throws -> Response {
        let ticket = subject(query, type).map { cache.ticket($0) }
        let (log, page) = try await EntityProblems.translating(type ?? everyType) {
            (try await service.log.identity(), try await reader.list(query))
        }
        let bytes = page.encoded()
        let content = TextCoding.base64URL.encode(Array(SHA256.hash(bytes).bytes.prefix(12)))
        let tag = EntityTag("\(content)-\(log.id.mark)")
        guard let ticket else { return try conditions.answer(Self.response(bytes, tag), tag: tag) }
        return try conditions.answer(cache.keep(request.target, bytes, tag: tag, ticket), tag: tag)
    }

    /// Nil for what may not be kept: a time relative to now is another one when it is asked again.
    private func subject(_ query: ListQuery, _ type: EntityType?) -> ResponseCache.Subject? {
        if query.cursor != nil { return .past }
        switch query.point {
        case .now: return type.map { .type($0.name) } ?? .everything
        case .position, .before, .event: return .past
        // It may still lie ahead; a position that is answered is past.
        case .time(_, let isRelative): return isRelative ? nil : .everything
        }
    }

    private static func response(_ bytes: [UInt8], _ tag: EntityTag) -> Response {
        Response(headers: ["Content-Type": "application/json", "ETag": tag.description], body: .bytes(bytes))
    }

    /// Stands in for a type in sentences about all of them.
    private var everyType: EntityType { service.catalogue.types[0] }

    private func find(
        _ request: Request, _ id: UUID, _ type: EntityType, _ point: Point, _ conditions: Preconditions
    ) async throws -> Response {
        let ticket = Self.subject(id, point).map { cache.ticket($0) }
        let (log, found, document) = try await EntityProblems.translating(type, id) {
            let found = try await pinned(point)
            guard let document = try await reader.find(id, of: type, at: found ?? point) else {
                throw QueryProblem.notFound
            }
            return (try await service.log.identity(), found, document)
        }
        let tag = EntityTag(log.marked(try Self.version(of: document)))
        if let ticket { return try conditions.answer(cache.keep(request.target, document, tag: tag, ticket), tag: tag) }
        return try conditions.answer(Self.telling(found, Self.response(document, tag)), tag: tag)
    }

    /// Nil where the answer is not kept: it tells the position that it found.
    private static func subject(_ id: UUID, _ point: Point) -> ResponseCache.Subject? {
        switch point {
        case .now: .entity(id)
        case .position: .past
        case .time, .before, .event: nil
        }
    }

    /// The position of a point that is not given by one.
    private func pinned(_ point: Point) async throws -> Point? {
        switch point {
        case .now, .position: nil
        case .time, .before, .event: try await reader.position(of: point).map { .position($0) }
        }
    }

    private static func telling(_ found: Point?, _ response: Response) -> Response {
        guard case .position(let position) = found else { return response }
        var response = response
        response.headers.add("As-Of-Position", String(position))
        return response
    }

    private static func version(of document: [UInt8]) throws -> Int {
        guard let version = try JSONValue(parsing: document)["version"]?.integer else {
            throw EntityError.unreadableDocument
        }
        return version
    }

    private func history(
        _ id: UUID, _ type: EntityType, _ limit: Int, _ offset: Int, _ point: Point
    ) async throws -> Response {
        let page = try await EntityProblems.translating(type, id) {
            guard let page = try await reader.history(of: id, type, at: point, limit: limit, offset: offset) else {
                throw QueryProblem.notFound
            }
            return page
        }
        return .json(page.encoded())
    }

    private func version(
        _ number: Int, _ id: UUID, _ type: EntityType, _ point: Point, _ conditions: Preconditions
    ) async throws -> Response {
        let (log, found, document) = try await EntityProblems.translating(type, id) {
            let found = try await pinned(point)
            guard let document = try await reader.version(number, of: id, type, at: found ?? point) else {
                throw QueryProblem.notFound
            }
            return (try await service.log.identity(), found, document)
        }
        let tag = EntityTag(log.marked(number))
        return try conditions.answer(Self.telling(found, Self.response(document, tag)), tag: tag)
    }

    private func difference(
        _ id: UUID, _ type: EntityType, _ from: Int, _ to: Int, _ point: Point
    ) async throws -> Response {
        let changes = try await EntityProblems.translating(type, id) {
            guard let changes = try await reader.difference(of: id, type, from: from, to: to, at: point) else {
                throw QueryProblem.notFound
            }
            return changes
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("from", from)
            writer.field("to", to)
            writer.field("changes", changes)
        }
        return .json(writer.bytes)
    }

    private func references(_ id: UUID, _ type: EntityType, _ point: Point) async throws -> Response {
        let answer = try await EntityProblems.translating(type, id) {
            guard try await reader.find(id, of: type, at: point) != nil else { throw QueryProblem.notFound }
            return try await reader.references(of: id, at: point)
        }
        var writer = JSONWriter()
        writer.object { writer in
            for (name, references) in [("outgoing", answer.outgoing), ("incoming", answer.incoming)] {
                writer.field(name) { writer in
                    writer.array(of: references) { writer, reference in encode(reference, into: &writer) }
                }
            }
            writer.field("position", answer.position)
        }
        return .json(writer.bytes)
    }

    private func encode(_ reference: ReferenceAnswer, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("field", reference.field)
            writer.field("id", reference.id.description)
            writer.field("type", reference.type)
            writer.field("name", reference.name)
            writer.field("archived", reference.isArchived)
            if let type = service.catalogue[type: reference.type] {
                writer.field("href", "/api/v2/\(type.collection)/\(reference.id)")
            }
        }
    }
}
