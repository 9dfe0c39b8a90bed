public import JSON

/// A kind of event that a type knows. A class for the reason that ``EntityType`` is one.
public final class EventDeclaration: Sendable {
    /// Such as `created`.
    public let verb: String
    /// Such as `character.created`.
    public let eventType: String
    public let effect: EventEffect
    public let summary: String
    /// What the event's data looks like in the newest version.
    public let dataSchema: JSONValue
    /// The same, compiled.
    public let schema: JSONSchema
    /// Whether it is no longer written, and stands here for the old ones.
    public let isRetired: Bool

    init(_ draft: EntityEvents.Draft, of type: String) throws(JSONProblems) {
        verb = draft.verb
        eventType = "\(type).\(draft.verb)"
        effect = draft.effect
        summary = draft.summary
        dataSchema = draft.schema
        schema = try JSONSchema(draft.schema)
        isRetired = draft.isRetired
    }
}

/// What an event does to its entity.
public enum EventEffect: String, Sendable, CaseIterable {
    /// Its data is the entity's data.
    case create
    /// Its data is a merge patch (RFC 7396) of the entity's data.
    case merge
    case archive, unarchive, favorite, unfavorite, tag, untag, link, unlink
    /// Its `data` is the entity's whole data again, as it was in `version`.
    case revert
    /// Whichever of `data`, `tags`, `links`, `archived` and `favorite` it names are again what they were.
    case restore
}

/// How much of an entity's data is at hand.
public enum DataForm: Sendable, Hashable {
    case whole
    /// A merge patch: what it does not name stays as it is, null removes.
    case patch
}
