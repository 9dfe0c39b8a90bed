public import EventLog
public import JSON
public import Postgres
public import System

/// Which entries of the audit trail are wanted. What is not said does not matter; what is said holds all at once.
public struct AuditFilter: Sendable, Hashable {
    public var actor: String?
    /// Entity types or categories of the system; empty for all.
    public var types: [String] = []
    public var entity: UUID?
    /// Such as `archived`; empty for all.
    public var verbs: [String] = []
    public var correlation: UUID?
    /// The address that requests came from.
    public var client: String?
    /// Words that all are in the reason, in whatever case.
    public var reason: [String] = []
    /// Only what is behind this position.
    public private(set) var after = 0
    /// Only what stands up to and including this position.
    public private(set) var upTo: Int?

    public init() {}

    /// Bounds it by points, which are looked up now; without an end, the log's end as it is now is the bound.
    public mutating func bound(since: Point?, until: Point, in pool: PostgresPool) async throws {
        after = try await since?.since(in: pool) ?? 0
        upTo = try await until.resolve(in: pool).position
    }

    /// Bounds it by positions.
    public mutating func bound(after: Int, upTo: Int) {
        self.after = after
        self.upTo = upTo
    }

    /// Whether everything in its range is wanted.
    public var isEverything: Bool {
        var bare = AuditFilter()
        bare.after = after
        bare.upTo = upTo
        return bare == self
    }

    /// Whether what is wanted is few events, or found by an index.
    var isIndexed: Bool {
        entity != nil || correlation != nil || (verbs.isEmpty && client == nil && reason.isEmpty)
    }

    func events(after: Int, upTo: Int) -> EventFilter {
        var filter = EventFilter()
        filter.after = after
        filter.upTo = upTo
        filter.actor = actor
        if !types.isEmpty { filter.categories = types }
        if let entity { filter.streams = [entity] }
        if !verbs.isEmpty { filter.verbs = verbs }
        filter.correlation = correlation
        filter.client = client
        filter.reasonWords = reason
        return filter
    }
}

extension AuditFilter: JSONEncodable {
    /// What is said of it, without the range.
    public func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            if let actor { writer.field("actor", actor) }
            if !types.isEmpty { writer.field("type", types) }
            if let entity { writer.field("entity", entity.description) }
            if !verbs.isEmpty { writer.field("verb", verbs) }
            if let correlation { writer.field("correlation", correlation.description) }
            if let client { writer.field("client", client) }
            if !reason.isEmpty { writer.field("reason", reason) }
        }
    }
}
