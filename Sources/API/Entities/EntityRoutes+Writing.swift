import Catalogue
import Entities
import EventLog
import HTTPServer
import JSON
import System

/// Changing one type.
extension EntityRoutes {
    func declareWriting(_ type: EntityType, in routes: inout Router) {
        let one = type.title.lowercased()
        routes.post(
            "", info: info(type, "create", "Create a \(one).", .create(type)),
            remembering(type, isCreate: true) { request in
                let content = try Self.content(Self.body(request), of: type)
                let id = type.derivedID(for: content.data) ?? service.identifiers.next()
                return try await submit(.create(content), on: id, of: type, request)
            })
        let patch = Schema.named("\(Schema.name(of: type.name))Patch")
        routes.patch(
            "/{id}",
            info: info(type, "update", "Change fields of a \(one) by a merge patch.", .change(type, by: patch)),
            remembering(type) { request in
                let patch = try Self.body(request)
                guard patch.object != nil else { throw Problem.notAnObject }
                return try await submit(.patch(patch), on: identifier(request, type), of: type, request)
            })
        let verbs: KeyValuePairs<String, (EntityCommand.Action, String)> = [
            "archive": (.archive, "Archive a \(one): it can be read and taken back, but not changed."),
            "unarchive": (.unarchive, "Take a \(one) back from the archive."),
            "favorite": (.favorite(true), "Make a \(one) a favorite."),
            "unfavorite": (.favorite(false), "Make a \(one) a favorite no more."),
        ]
        for (verb, (action, summary)) in verbs {
            routes.post(
                "/{id}/\(verb)", info: info(type, verb, summary, .change(type)),
                remembering(type) { request in
                    try await submit(action, on: identifier(request, type), of: type, request)
                })
        }
        routes.post(
            "/{id}/revert",
            info: info(
                type, "revert", "Give a \(one) the fields of an earlier version again.",
                .change(type, by: Operation.Body.revert)),
            remembering(type) { request in try await revert(request, type) })
        declareConnecting(type, in: &routes)
    }

    /// Tags and links.
    private func declareConnecting(_ type: EntityType, in routes: inout Router) {
        let one = type.title.lowercased()
        routes.post(
            "/{id}/tags",
            info: info(
                type, "tag", "Put tags on a \(one); new ones come into being.",
                .change(type, by: Operation.Body.tags)),
            remembering(type) { request in
                let tags = try Self.slugs(
                    request.json(as: .object(.required("tags", .array(of: .string)), build: { $0 })))
                return try await submit(.tag(tags), on: identifier(request, type), of: type, request)
            })
        routes.delete(
            "/{id}/tags/{tag}",
            info: info(
                type, "untag", "Take a tag off a \(one).",
                .change(type, .path("tag", "The tag.", ["type": "string", "minLength": 1]))),
            remembering(type) { request in
                let tag = try request.parameter("tag")
                return try await submit(.untag([Slug.of(tag) ?? tag]), on: identifier(request, type), of: type, request)
            })
        routes.post(
            "/{id}/links",
            info: info(
                type, "link", "Connect a \(one) with another entity.", .change(type, by: Operation.Body.link)),
            remembering(type) { request in
                let link = try Self.link(request)
                return try await submit(.link(link), on: identifier(request, type), of: type, request)
            })
        routes.delete(
            "/{id}/links/{target}",
            info: info(
                type, "unlink", "Take a connection of a \(one) away.",
                .change(
                    type, .path("target", "The entity at the other end."),
                    Parameter(
                        name: "relation", place: .query, summary: "What the connection means.",
                        schema: ["type": "string", "minLength": 1, "maxLength": 40, "default": "related"]))),
            remembering(type) { request in
                let target: UUID = try request.parameter("target")
                let relation = try request.query.decode(unknown: .refused) {
                    (reader: inout ParameterReader) throws(Problem) in
                    reader.text("relation", bytes: 1...40, default: "related")
                }
                let link = Entity.Link(target: target, relation: relation)
                return try await submit(.unlink(link), on: identifier(request, type), of: type, request)
            })
    }

    /// What a link may be called.
    static let relationPattern: JSONValue = "^[a-z0-9]+(-[a-z0-9]+)*$"

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
        if slugs.isEmpty, fields.isEmpty { fields = [.init(.pointer("/tags"), "minItems", "Give at least one tag.")] }
        if !fields.isEmpty { throw .invalidFields(fields) }
        return slugs
    }

    private static func link(_ request: Request) throws -> Entity.Link {
        let (to, relation) = try request.json(
            as: .object(
                .required("to", .string), .optional("relation", .string(length: 1...40)), build: { ($0, $1) }))
        guard let target = UUID(to) else {
            throw Problem.invalidFields([.init(.pointer("/to"), "format", "Give the id of an entity.")])
        }
        let name = relation ?? "related"
        guard Slug.of(name) == name, name.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw Problem.invalidFields([
                .init(.pointer("/relation"), "pattern", "Use small letters, digits and hyphens, such as shows.")
            ])
        }
        return Entity.Link(target: target, relation: name)
    }

    private func revert(_ request: Request, _ type: EntityType) async throws -> Response {
        let id = try await identifier(request, type)
        let number = try request.json(
            as: .object(.required("version", .integer(in: 1...Int(Int32.max))), build: { $0 }))
        let document = try await EntityProblems.translating(type, id) {
            guard let document = try await reader.version(number, of: id, type) else { throw QueryProblem.notFound }
            return document
        }
        guard let data = try JSONValue(parsing: document)["data"]?.object else { throw EntityError.unreadableDocument }
        let problems = Content.problems(in: data, of: type)
        if !problems.isEmpty { throw EntityProblems.invalid(problems) }
        return try await submit(.revert(toVersion: number, content: Content(data, of: type)), on: id, of: type, request)
    }

    /// Hands a command to the writer and answers with what became of it.
    func submit(
        _ action: EntityCommand.Action, on id: UUID, of type: EntityType, _ request: Request
    ) async throws -> Response {
        var command = EntityCommand(
            action, on: id, of: type, meta: try CommandRequest.meta(request, service.identifiers))
        let isCreate = if case .create = action { true } else { false }
        command.isFresh = isCreate && type.uniqueBy == nil
        let log = try await EntityProblems.translating(type, id) { try await service.log.identity() }
        command.expected = try CommandRequest.expected(request, log)
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
