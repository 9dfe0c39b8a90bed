import Catalogue
public import JSON
public import System

/// What can happen to an entity.
public enum EntityEvent: Sendable, Hashable {
    case created(JSONObject)
    /// A merge patch (RFC 7396) of the data.
    case updated(JSONValue)
    /// - Parameter with: the entity whose archiving took this one along.
    case archived(with: UUID?)
    case unarchived
    case favorited
    case unfavorited
    case tagged([String])
    case untagged([String])
    case linked(Entity.Link)
    case unlinked(Entity.Link)
    /// The data of an earlier version again, all of them, so that nobody has to look it up.
    case reverted(toVersion: Int, data: JSONObject)
    /// A rollback made parts of it again what they were.
    case restored(Restoration)
    /// An event that a system category declares: its data create the state or are a merge patch of it.
    case declared(verb: String, creates: Bool, JSONValue)
    /// An event of its stream that cannot be read: it counts as a version, and changes nothing. Never written.
    case skipped(verb: String)

    /// The last part of the event's type.
    public var verb: String {
        switch self {
        case .created: "created"
        case .updated: "updated"
        case .archived: "archived"
        case .unarchived: "unarchived"
        case .favorited: "favorited"
        case .unfavorited: "unfavorited"
        case .tagged: "tagged"
        case .untagged: "untagged"
        case .linked: "linked"
        case .unlinked: "unlinked"
        case .reverted: "reverted"
        case .restored: "restored"
        case .declared(let verb, _, _), .skipped(let verb): verb
        }
    }

    /// Whether it begins a stream.
    public var creates: Bool {
        switch self {
        case .created, .declared(_, creates: true, _): true
        default: false
        }
    }
}

extension EntityEvent {
    /// The event's data, as the log keeps them.
    public var data: JSONValue {
        switch self {
        case .created(let data): .object(data)
        case .updated(let patch): patch
        case .archived(let with): with.map { ["with": .string($0.description)] } ?? [:]
        case .unarchived, .favorited, .unfavorited, .skipped: [:]
        case .tagged(let tags), .untagged(let tags): ["tags": .array(tags.map { .string($0) })]
        case .linked(let link), .unlinked(let link): link.json
        case .reverted(let version, let data): ["version": .integer(version), "data": .object(data)]
        case .restored(let restoration): restoration.json
        case .declared(_, _, let data): data
        }
    }

    /// Reads an event from the log in the newest shape of its type; nil where it cannot be understood.
    ///
    /// - Parameters:
    ///   - verb: the last part of the event's type.
    ///   - schemaVersion: the version of the declaration that the data were written by.
    init?(verb: String, schemaVersion: Int, data: JSONValue, of type: EntityType) {
        func newest(_ data: JSONValue, _ form: DataForm) -> JSONValue {
            schemaVersion == type.version ? data : type.upcast(data, form: form, from: schemaVersion)
        }
        if type.isSystem {
            guard let declaration = type.events.first(where: { $0.verb == verb }) else { return nil }
            let creates = declaration.effect == .create
            self = .declared(verb: verb, creates: creates, newest(data, creates ? .whole : .patch))
            return
        }
        switch verb {
        case "created":
            guard let fields = newest(data, .whole).object else { return nil }
            self = .created(fields)
        case "updated": self = .updated(newest(data, .patch))
        case "archived": self = .archived(with: data["with"]?.string.flatMap { UUID($0) })
        case "unarchived": self = .unarchived
        case "favorited": self = .favorited
        case "unfavorited": self = .unfavorited
        case "tagged", "untagged":
            guard let tags = data["tags"]?.array?.compactMap(\.string) else { return nil }
            self = verb == "tagged" ? .tagged(tags) : .untagged(tags)
        case "linked", "unlinked":
            guard let link = Entity.Link(data) else { return nil }
            self = verb == "linked" ? .linked(link) : .unlinked(link)
        case "reverted":
            guard let version = data["version"]?.integer,
                let fields = data["data"].flatMap({ newest($0, .whole).object })
            else { return nil }
            self = .reverted(toVersion: version, data: fields)
        case "restored":
            guard let restoration = Restoration(data, newest: { newest($0, .whole) }) else { return nil }
            self = .restored(restoration)
        default: return nil
        }
    }
}
