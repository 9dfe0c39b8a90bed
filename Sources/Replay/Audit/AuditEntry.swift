public import EventLog
public import JSON
public import System

/// One event as an auditor reads it: who did what to what, when, from where, and why.
///
/// All of it but the name is derived from the event alone, by fixed rules, so that whoever has the event can derive it again.
public struct AuditEntry: Sendable, Hashable {
    public let position: Int
    public let recordedAt: Timestamp
    public let actor: String
    /// Such as `updated`.
    public let verb: String
    /// Such as `character`.
    public let type: String
    public let id: UUID
    public let version: Int
    /// What the entity was called then; nil where nothing knows.
    public let name: String?
    /// The fields that it said something about, as they were called then.
    public let changed: [String]
    /// What else can be said in a few words, such as the tags that were put on.
    public let detail: String?
    public let client: String?
    public let requestID: String?
    public let reason: String?
    public let command: UUID?
    public let correlation: UUID?
    public let causation: String?

    public init(_ event: Event, name: String?) {
        let meta = (try? JSONValue(parsing: event.meta)).flatMap { EventMeta($0) }
        position = event.position
        recordedAt = event.recordedAt
        actor = meta?.actor ?? "?"
        verb = event.type.split(separator: ".").last.map(String.init) ?? event.type
        type = event.category
        id = event.stream
        version = event.version
        self.name = name
        let data = (try? JSONValue(parsing: event.data)) ?? .null
        (changed, detail) = Self.changes(verb, data)
        client = meta?.client
        requestID = meta?.requestID
        reason = meta?.reason
        command = meta?.command
        correlation = meta?.correlation
        causation = meta?.causation
    }

    private static func changes(_ verb: String, _ data: JSONValue) -> (fields: [String], detail: String?) {
        switch verb {
        case "archived": (["archived"], data["with"]?.string.map { "along with \($0)" })
        case "unarchived": (["archived"], nil)
        case "favorited", "unfavorited": (["favorite"], nil)
        case "tagged", "untagged":
            (["tags"], data["tags"]?.array.map { $0.compactMap(\.string).joined(separator: ", ") })
        case "linked", "unlinked":
            (["links"], data["to"]?.string.map { "\(data["relation"]?.string ?? "related") \($0)" })
        case "reverted": (data["data"]?.object?.names ?? [], data["version"]?.integer.map { "to version \($0)" })
        case "restored":
            (
                (data["data"]?.object?.names ?? []) + (data.object?.names ?? []).filter { $0 != "data" }, nil
            )
        default: (data.object?.names ?? [], nil)
        }
    }
}

extension AuditEntry: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object { encodeMembers(into: &$0) }
    }

    func encodeMembers(into writer: inout JSONWriter) {
        writer.field("position", position)
        writer.field("recorded_at", recordedAt.description)
        writer.field("actor", actor)
        writer.field("verb", verb)
        writer.field("type", type)
        writer.field("id", id.description)
        writer.field("version", version)
        writer.field("name", name)
        writer.field("changed", changed)
        writer.field("detail", detail)
        writer.field("client", client)
        writer.field("request_id", requestID)
        writer.field("reason", reason)
        writer.field("command", command?.description)
        writer.field("correlation", correlation?.description)
        writer.field("causation", causation)
    }
}

extension AuditEntry {
    /// So many fields are named to people.
    private static let fieldsShownMax = 6

    /// Events whose verb says all that there is to say.
    private static let plainVerbs: Set = ["created", "archived", "unarchived", "favorited", "unfavorited"]

    /// What was done, for people: `updated character "Ada" (age, name)`.
    public var sentence: String {
        let words = verb.replacing("_", with: " ")
        // The name of a sign-in is a sentence already.
        if type == "sign_in", let name { return "\(words): \(name)" }
        var text = "\(words) \(type.replacing("_", with: " ")) " + (name.map { "\"\($0)\"" } ?? id.description)
        if let detail {
            text += " (\(detail))"
        } else if !Self.plainVerbs.contains(verb), !changed.isEmpty {
            let more = changed.count - Self.fieldsShownMax
            let rest = more > 0 ? " and \(more) more" : ""
            text += " (\(changed.prefix(Self.fieldsShownMax).joined(separator: ", "))\(rest))"
        }
        return text
    }
}
