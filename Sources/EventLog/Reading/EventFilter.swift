import JSON
public import System

/// Which events are wanted. What is not said does not matter; what is said holds all at once.
///
/// Types alone are looked for event by event: say the category too, where it is known.
public struct EventFilter: Sendable, Hashable {
    /// Only positions beyond this one.
    public var after: Int?
    /// Only positions up to and including this one.
    public var upTo: Int?
    /// Of one of these streams; an empty list means that none is wanted.
    public var streams: [UUID]?
    public var categories: [String]?
    public var types: [String]?
    /// The last part of their types, such as `archived`. Looked for event by event, and so are client and reason.
    public var verbs: [String]?
    public var actor: String?
    public var correlation: UUID?
    /// The address that the request came from.
    public var client: String?
    /// What all is in the reason, in whatever case.
    public var reasonWords: [String] = []
    /// Recorded at this moment or later.
    public var since: Timestamp?
    /// Recorded at this moment or before.
    public var until: Timestamp?

    public init() {}

    /// Whether it can be told from the event that it is wanted. Reads the meta only where actor or correlation matter.
    public func matches(_ event: Event) -> Bool {
        if let after, event.position <= after { return false }
        if let upTo, event.position > upTo { return false }
        if let streams, !streams.contains(event.stream) { return false }
        if let categories, !categories.contains(event.category) { return false }
        if let types, !types.contains(event.type) { return false }
        if let since, event.recordedAt < since { return false }
        if let until, event.recordedAt > until { return false }
        if let verbs, !verbs.contains(where: { event.type.hasSuffix(".\($0)") }) { return false }
        if actor == nil, correlation == nil, client == nil, reasonWords.isEmpty { return true }
        guard let meta = try? JSONValue(parsing: event.meta) else { return false }
        if let actor, meta["actor"]?.string != actor { return false }
        if let correlation, meta["correlation"]?.string != correlation.description { return false }
        if let client, meta["client"]?.string != client { return false }
        let reason = meta["reason"]?.string?.lowercased() ?? ""
        if !reasonWords.allSatisfy({ reason.contains($0.lowercased()) }) { return false }
        return true
    }
}

/// Along positions, or against them.
public enum EventOrder: Sendable {
    case ascending, descending
}
