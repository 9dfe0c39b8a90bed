import Accounts
import Catalogue
import Commands
import Entities
import EventLog
import HTTPServer
import JSON
import System

/// Changing one type.
extension EntityRoutes {
    func declareWriting(_ type: EntityType, in routes: inout Router) {
        let one = type.withArticle
        routes.post(
            "", info: info(type, "create", "Create \(one).", needs: .writeEntities, .create(type)), .change
        ) { request, command in
            try await remembering(type, request, command, isCreate: true) {
                let content = try Self.content(Self.body(request), of: type)
                let id = type.derivedID(for: content.data) ?? service.identifiers.next()
                return try await submit(.create(content), on: id, of: type, request, command)
            }
        }
        let patch = Schema.named("\(Schema.name(of: type.name))Patch")
        routes.patch(
            "/{id}",
            info: info(
                type, "update", "Update fields of \(one) with a merge patch.", needs: .writeEntities,
                .change(type, by: patch)),
            .change, .id(of: type)
        ) { request, command, id in
            try await remembering(type, request, command) {
                let patch = try Self.body(request)
                guard patch.object != nil else { throw Problem.notAnObject }
                return try await submit(.patch(patch), on: identifier(id, type), of: type, request, command)
            }
        }
        declareSwitching(type, in: &routes)
        declareConnecting(type, in: &routes)
    }

    /// What needs no body, and going back.
    private func declareSwitching(_ type: EntityType, in routes: inout Router) {
        let one = type.withArticle
        let verbs: KeyValuePairs<String, (EntityCommand.Action, String)> = [
            "archive": (.archive, "Archive \(one): it becomes read-only and can be restored."),
            "unarchive": (.unarchive, "Restore \(one) from the archive."),
            "favorite": (.favorite(true), "Mark \(one) as a favorite."),
            "unfavorite": (.favorite(false), "Remove \(one) from the favorites."),
        ]
        for (verb, (action, summary)) in verbs {
            routes.post(
                "/{id}/\(verb)", info: info(type, verb, summary, needs: .writeEntities, .change(type)),
                .change, .id(of: type)
            ) { request, command, id in
                try await remembering(type, request, command) {
                    try await submit(action, on: identifier(id, type), of: type, request, command)
                }
            }
        }
        routes.post(
            "/{id}/revert",
            info: info(
                type, "revert", "Revert \(one) to the fields of an earlier version.", needs: .writeEntities,
                .change(type, by: Self.reversion.schema)),
            .change, .id(of: type)
        ) { request, command, id in
            try await remembering(type, request, command) {
                try await revert(request, command, identifier(id, type), type)
            }
        }
    }

    /// Tags and links.
    private func declareConnecting(_ type: EntityType, in routes: inout Router) {
        let one = type.withArticle
        routes.post(
            "/{id}/tags",
            info: info(
                type, "tag", "Tag \(one); missing tags are created.", needs: .writeEntities,
                .change(type, by: Self.tags.schema)),
            .change, .id(of: type)
        ) { request, command, id in
            try await remembering(type, request, command) {
                let tags = try Self.slugs(request.json(as: Self.tags))
                return try await submit(.tag(tags), on: identifier(id, type), of: type, request, command)
            }
        }
        routes.delete(
            "/{id}/tags/{tag}",
            info: info(type, "untag", "Remove a tag from \(one).", needs: .writeEntities, .change(type)),
            .change, .id(of: type), .path("tag", .text, "The tag.")
        ) { request, command, id, tag in
            try await remembering(type, request, command) {
                let slug = Slug.of(tag) ?? tag
                return try await submit(.untag([slug]), on: identifier(id, type), of: type, request, command)
            }
        }
        routes.post(
            "/{id}/links",
            info: info(
                type, "link", "Link \(one) to another entity.", needs: .writeEntities,
                .change(type, by: Self.link.schema)),
            .change, .id(of: type)
        ) { request, command, id in
            try await remembering(type, request, command) {
                let link = try request.json(as: Self.link)
                return try await submit(.link(link), on: identifier(id, type), of: type, request, command)
            }
        }
        routes.delete(
            "/{id}/links/{target}",
            info: info(
                type, "unlink", "Remove a link of \(one).", needs: .writeEntities, .change(type)),
            .change, .id(of: type), .path("target", .uuid, "The entity at the other end."), Self.relation
        ) { request, command, id, target, relation in
            try await remembering(type, request, command) {
                let link = Entity.Link(target: target, relation: relation)
                return try await submit(.unlink(link), on: identifier(id, type), of: type, request, command)
            }
        }
    }

    /// What a link may be called.
    static let relationPattern = "^[a-z0-9]+(-[a-z0-9]+)*$"

    /// The body, which nests so little that it can still be read as a part of an answer, or of many.
    static func body(_ request: Request) throws(Problem) -> JSONValue { try request.json(limits: bodyLimits) }

    private static let bodyLimits = {
        var limits = JSONLimits()
        limits.depth = 64
        return limits
    }()

    /// Data that fit the type, with what is derived from them. What is null is left out, as a merge patch would.
    static func content(_ body: JSONValue, of type: EntityType) throws(Problem) -> Content {
        guard body.object != nil, let data = JSONValue.object([:]).merging(body).object else { throw .notAnObject }
        let problems = Content.problems(in: data, of: type)
        if !problems.isEmpty { throw EntityProblems.invalid(problems) }
        return Content(data, of: type)
    }

    private static let tags = JSONShape.object(
        .required("tags", .array(of: .string(length: 1...100), count: 1...tagsAtOnceMax)), build: { $0 })
    private static let tagsAtOnceMax = 100

    private static let reversion = JSONShape.object(
        .required("version", .integer(in: 1...Int(Int32.max))), build: { $0 })

    private static let relationAdvice = "Use lower-case letters, digits and hyphens, such as shows."

    private static let target = JSONShape<String>.string
        .converted(format: "uuid", orSay: "Send the id of an entity.") { UUID($0) }

    private static let link = JSONShape.object(
        .required("to", target),
        .optional(
            "relation", .string(length: 1...40).matching(relationPattern, orSay: relationAdvice), default: "related"),
        build: { Entity.Link(target: $0, relation: $1) })

    private static let relation = ParameterShape.optional(
        "relation",
        .text(
            fitting: ["type": "string", "maxLength": 40, "pattern": .string(relationPattern)], advice: relationAdvice),
        default: "related", "The meaning of the link.")

    private static func slugs(_ tags: [String]) throws(Problem) -> [String] {
        var fields: [Problem.Field] = []
        var slugs: [String] = []
        for (index, tag) in tags.enumerated() {
            guard let slug = Slug.of(tag) else {
                fields.append(
                    .init(
                        .pointer("/tags/\(index)"), "malformed",
                        "Use letters and digits, at most \(Slug.lengthMax) bytes."))
                continue
            }
            if !slugs.contains(slug) { slugs.append(slug) }
        }
        if slugs.isEmpty, fields.isEmpty { fields = [.init(.pointer("/tags"), "minItems", "Send at least one tag.")] }
        if !fields.isEmpty { throw .invalidFields(fields) }
        return slugs
    }

    private func revert(
        _ request: Request, _ command: CommandRequest, _ id: UUID, _ type: EntityType
    ) async throws -> Response {
        let number = try request.json(as: Self.reversion)
        let document = try await EntityProblems.translating(type, id) {
            guard let document = try await reader.version(number, of: id, type) else { throw QueryProblem.notFound }
            return document
        }
        guard let data = try JSONValue(parsing: document)["data"]?.object else { throw EntityError.unreadableDocument }
        let problems = Content.problems(in: data, of: type)
        if !problems.isEmpty { throw EntityProblems.invalid(problems) }
        return try await submit(
            .revert(toVersion: number, content: Content(data, of: type)), on: id, of: type, request, command)
    }

    /// Hands a command to the writer and answers with what became of it.
    func submit(
        _ action: EntityCommand.Action, on id: UUID, of type: EntityType, _ request: Request, _ asked: CommandRequest
    ) async throws -> Response {
        var command = EntityCommand(action, on: id, of: type, meta: try asked.meta(request, service.identifiers))
        let isCreate = if case .create = action { true } else { false }
        command.isFresh = isCreate && type.uniqueBy == nil
        let log = try await EntityProblems.translating(type, id) { try await service.log.identity() }
        command.expected = asked.expected(log)
        let answer = try await EntityProblems.translating(type, id, log: log) {
            try await service.writer.submit(command)
        }
        switch answer {
        case .created(let changed): return Self.response(changed, log, type, .created)
        case .changed(let changed), .unchanged(let changed): return Self.response(changed, log, type, .ok)
        case .repeated(let version, let id): return try await repeated(version, id, type, isCreate: isCreate)
        }
    }

    private static func response(
        _ changed: EntityAnswer.Changed, _ log: LogIdentity, _ type: EntityType, _ status: Status
    ) -> Response {
        response(changed.document, changed.entity.id, log.marked(changed.entity.version), type, status)
    }

    static func response(
        _ document: [UInt8], _ id: UUID, _ tag: String, _ type: EntityType, _ status: Status
    ) -> Response {
        var headers: Headers = ["Content-Type": "application/json", "ETag": EntityTag(tag).description]
        if status == .created { headers.add("Location", "/api/v2/\(type.collection)/\(id)") }
        return Response(status, headers: headers, body: .bytes(document))
    }
}

extension Problem {
    static let notAnObject = Problem.invalidFields([.init(.pointer(""), "type", "Send a JSON object.")])
}
