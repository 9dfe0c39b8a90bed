import Catalogue
import Entities
import HTTPServer
import JSON
import System

/// One change of many that came in one request.
struct BulkOperation {
    enum Verb: String, CaseIterable {
        case create, patch, archive, unarchive, favorite, unfavorite, tag, untag, link, unlink
    }

    let type: EntityType
    let id: UUID
    let action: EntityCommand.Action
    let expected: [Int]?

    var isCreate: Bool { if case .create = action { true } else { false } }

    static func isCreate(_ json: JSONValue) -> Bool { json["op"]?.string == Verb.create.rawValue }

    private static let members: Set<String> = ["op", "type", "id", "data", "if_version", "tags", "to", "relation"]

    init(_ json: JSONValue, _ catalogue: Catalogue, _ identifiers: any IdentifierSource) throws(Problem) {
        guard let object = json.object else { throw .notAnObject }
        for name in object.names where !Self.members.contains(name) {
            throw Self.refused(name, "unknown", "Leave it out; fields of the entity belong in data.")
        }
        guard let verb = json["op"]?.string.flatMap({ Verb(rawValue: $0) }) else {
            let verbs = Verb.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.refused("op", "not_a_choice", "Use one of: \(verbs).")
        }
        guard let type = json["type"]?.string.flatMap({ catalogue[type: $0] }), !type.isSystem else {
            throw Self.refused("type", "not_a_choice", "Use the name of an entity type, such as character.")
        }
        self.type = type
        expected = try Self.version(json).map { [$0] }
        if verb == .create {
            guard json["id"] == nil else {
                throw Self.refused("id", "excluded", "Leave it out: new entities get their id from the server.")
            }
            let content = try Self.content(json["data"], of: type)
            id = type.derivedID(for: content.data) ?? identifiers.next()
            action = .create(content)
        } else {
            id = try Self.identifier(json, type)
            action = try Self.action(verb, json)
        }
    }

    private static func action(
        _ verb: Verb, _ json: JSONValue
    ) throws(Problem) -> EntityCommand.Action {
        switch verb {
        case .create: preconditionFailure("new entities are read elsewhere")
        case .patch:
            guard let patch = json["data"], patch.object != nil else {
                throw refused("data", "type", "Send an object with the fields to change.")
            }
            return .patch(patch)
        case .archive: return .archive
        case .unarchive: return .unarchive
        case .favorite: return .favorite(true)
        case .unfavorite: return .favorite(false)
        case .tag: return .tag(try tags(json))
        case .untag: return .untag(try tags(json))
        case .link: return .link(try link(json))
        case .unlink: return .unlink(try link(json))
        }
    }

    private static func refused(_ member: String, _ code: Problem.Code, _ advice: String) -> Problem {
        .invalidFields([.init(.pointer("/\(member)"), code, advice)])
    }

    private static func version(_ json: JSONValue) throws(Problem) -> Int? {
        guard let given = json["if_version"] else { return nil }
        guard let version = given.integer, version > 0 else {
            throw refused("if_version", "minimum", "Use the version that the entity must have; the first is 1.")
        }
        return version
    }

    private static func content(_ data: JSONValue?, of type: EntityType) throws(Problem) -> Content {
        guard let data, data.object != nil else {
            throw refused("data", "type", "Send an object with the fields of the entity.")
        }
        do { return try EntityRoutes.content(data, of: type) } catch { throw error.beneath("/data") }
    }

    private static func identifier(_ json: JSONValue, _ type: EntityType) throws(Problem) -> UUID {
        if let text = json["id"]?.string {
            if let id = UUID(text) { return id }
            if type.uniqueBy != nil, let slug = Slug.of(text) { return type.derivedID(slug: slug) }
        }
        throw refused("id", "format", "Send the id of an entity.")
    }

    private static func tags(_ json: JSONValue) throws(Problem) -> [String] {
        let given = json["tags"]?.array ?? []
        let slugs = given.compactMap { $0.string.flatMap { Slug.of($0) } }
        guard !slugs.isEmpty, slugs.count == given.count else {
            throw refused(
                "tags", "malformed",
                "Send at least one tag of letters and digits, at most \(Slug.lengthMax) bytes each.")
        }
        var unique: [String] = []
        for slug in slugs where !unique.contains(slug) { unique.append(slug) }
        return unique
    }

    private static func link(_ json: JSONValue) throws(Problem) -> Entity.Link {
        guard let target = json["to"]?.string.flatMap({ UUID($0) }) else {
            throw refused("to", "format", "Send the id of an entity.")
        }
        let relation = json["relation"].map { $0.string ?? "" } ?? "related"
        guard Slug.of(relation) == relation, relation.utf8.count <= 40, relation.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw refused("relation", "pattern", "Use lower-case letters, digits and hyphens, such as shows.")
        }
        return Entity.Link(target: target, relation: relation)
    }
}

extension Problem {
    /// The same problem of something that is a part of what was sent.
    func beneath(_ pointer: String) -> Problem {
        var problem = self
        problem.fields = fields.map { field in
            guard case .pointer(let inner) = field.place else { return field }
            return Field(.pointer(pointer + inner), field.code, field.message)
        }
        return problem
    }
}
