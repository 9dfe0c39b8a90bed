public import Catalogue
import Entities
import JSON
import System

/// A week in the life of a small studio, told by files: who did what, when and why. Pure.
///
/// Each file is an array of sittings, each of them one person's, with what was done in it. Names that begin with @ in the data
/// stand for the entities that were created under them.
public struct SampleStudio: Sendable {
    struct Step: Sendable {
        /// Where it stands, for whoever has to correct it.
        let place: String
        let sitting: Int
        let actor: String
        let reason: String?
        /// Since the beginning of the week.
        let time: Duration
        let id: UUID
        let type: EntityType
        let deed: Deed
    }

    enum Deed: Sendable {
        case action(EntityCommand.Action)
        case revert(toVersion: Int)
    }

    public struct Problem: Error, Sendable, CustomStringConvertible {
        public let description: String

        init(_ place: String, _ advice: String) { description = "\(place): \(advice)" }
    }

    let steps: [Step]
    /// How long before the day of loading the week begins.
    static let days = 7

    public init(reading folder: String, _ catalogue: Catalogue) throws {
        var script = Script(catalogue)
        for name in try Files.names(in: folder) where name.hasSuffix(".json") {
            let json: JSONValue
            do { json = try JSONValue(parsing: try Files.read("\(folder)/\(name)")) } catch {
                throw Problem(name, "It cannot be read: \(error)")
            }
            for (index, sitting) in (json.array ?? []).enumerated() {
                try script.take(sitting, at: "\(name), sitting \(index + 1)")
            }
        }
        steps = script.steps
        if steps.isEmpty { throw Problem(folder, "There are no sittings in here. Put the files of this version back.") }
    }
}

/// The files, read one sitting after the other.
private struct Script {
    private let catalogue: Catalogue
    private var names: [String: (id: UUID, type: EntityType)] = [:]
    private var sittingCount = 0
    private var last: Duration = .zero
    private(set) var steps: [SampleStudio.Step] = []

    init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    mutating func take(_ sitting: JSONValue, at place: String) throws(SampleStudio.Problem) {
        guard let actor = sitting["who"]?.string, let deeds = sitting["do"]?.array,
            let start = sitting["at"]?.string.flatMap({ Self.time($0) })
        else { throw .init(place, #"Say "at" (such as "-6 09:30": six days ago, at half past nine), "who" and "do"."#) }
        sittingCount += 1
        for (index, deed) in deeds.enumerated() {
            let place = "\(place), \(index + 1)"
            let time = start + .seconds(index * (sitting["every_seconds"]?.integer ?? 60))
            guard time > last else { throw .init(place, "It would happen before the one before it.") }
            last = time
            let (id, type, what) = try read(deed, place)
            steps.append(
                .init(
                    place: place, sitting: sittingCount, actor: actor,
                    reason: deed["why"]?.string ?? sitting["why"]?.string, time: time, id: id, type: type, deed: what))
        }
    }

    /// Reads `-6 09:30`.
    private static func time(_ text: String) -> Duration? {
        let parts = text.split { $0 == " " || $0 == ":" }.compactMap { Int($0) }
        guard parts.count == 3, (-SampleStudio.days ... -1).contains(parts[0]) else { return nil }
        return .seconds((parts[0] + SampleStudio.days) * 86_400 + parts[1] * 3_600 + parts[2] * 60)
    }

    private mutating func read(
        _ deed: JSONValue, _ place: String
    ) throws(SampleStudio.Problem) -> (UUID, EntityType, SampleStudio.Deed) {
        if let name = deed["create"]?.string { return try create(name, deed, place) }
        let verbs = [
            "patch", "archive", "unarchive", "favorite", "unfavorite", "tag", "untag", "link", "unlink", "revert",
        ]
        guard let verb = verbs.first(where: { deed[$0] != nil }), let name = deed[verb]?.string else {
            throw .init(place, "Say one of create, \(verbs.joined(separator: ", ")).")
        }
        let (id, type) = try entity(name, place)
        if verb == "revert" {
            guard let version = deed["version"]?.integer else { throw .init(place, #"Say which "version"."#) }
            return (id, type, .revert(toVersion: version))
        }
        let action: EntityCommand.Action =
            switch verb {
            case "patch": .patch(try resolved(deed["data"] ?? [:], place))
            case "archive": .archive
            case "unarchive": .unarchive
            case "favorite": .favorite(true)
            case "unfavorite": .favorite(false)
            case "tag": .tag(Self.slugs(deed))
            case "untag": .untag(Self.slugs(deed))
            case "link": .link(try link(deed, place))
            default: .unlink(try link(deed, place))
            }
        return (id, type, .action(action))
    }

    private mutating func create(
        _ typeName: String, _ deed: JSONValue, _ place: String
    ) throws(SampleStudio.Problem) -> (UUID, EntityType, SampleStudio.Deed) {
        guard let type = catalogue[type: typeName] else { throw .init(place, "There is no type \(typeName).") }
        guard let name = deed["as"]?.string, names[name] == nil else {
            throw .init(place, #"Give it a name of its own with "as"."#)
        }
        guard let data = try resolved(deed["data"] ?? [:], place).object else {
            throw .init(place, #""data" must be an object."#)
        }
        if let problem = type.problems(in: .object(data)).first { throw .init(place, "\(problem)") }
        var extras = EntityCommand.Extras()
        extras.tags = Self.slugs(deed)
        extras.isFavorite = deed["favorite"]?.bool ?? false
        let id = type.derivedID(for: data) ?? type.derivedID(slug: "sample:\(name)")
        names[name] = (id, type)
        return (id, type, .action(.create(Content(data, of: type), extras)))
    }

    private static func slugs(_ deed: JSONValue) -> [String] {
        (deed["tags"]?.array ?? []).compactMap { $0.string.flatMap { Slug.of($0) } }
    }

    private func entity(_ name: String, _ place: String) throws(SampleStudio.Problem) -> (id: UUID, type: EntityType) {
        guard let entity = names[name] else { throw .init(place, "Nothing was created as \(name) before.") }
        return entity
    }

    private func link(_ deed: JSONValue, _ place: String) throws(SampleStudio.Problem) -> Entity.Link {
        guard let to = deed["to"]?.string, to.hasPrefix("@"), let relation = deed["relation"]?.string else {
            throw .init(place, #"Say "to" and "relation"."#)
        }
        return Entity.Link(target: try entity(String(to.dropFirst()), place).id, relation: relation)
    }

    /// The data with ids in place of names.
    private func resolved(_ value: JSONValue, _ place: String) throws(SampleStudio.Problem) -> JSONValue {
        switch value {
        case .string(let text) where text.hasPrefix("@"):
            return .string(try entity(String(text.dropFirst()), place).id.description)
        case .array(let elements):
            var all: [JSONValue] = []
            for element in elements { all.append(try resolved(element, place)) }
            return .array(all)
        case .object(var object):
            for (name, inner) in object { object[name] = try resolved(inner, place) }
            return .object(object)
        default: return value
        }
    }
}
