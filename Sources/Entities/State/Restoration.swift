public import JSON
public import System

/// The parts of an entity that a rollback makes again what they were. What is nil stays as it is.
public struct Restoration: Sendable, Hashable {
    /// All of the type's own fields, so that nobody has to look them up.
    public var data: JSONObject?
    public var tags: [String]?
    public var links: [Entity.Link]?
    public var archiving: Archiving?
    public var isFavorite: Bool?

    /// Whether an entity is in the archive, and what took it there.
    public struct Archiving: Sendable, Hashable {
        public var isArchived: Bool
        public var with: UUID?

        public init(isArchived: Bool, with: UUID? = nil) {
            self.isArchived = isArchived
            self.with = with
        }
    }

    public init() {}

    /// What has to change of one state so that it is, in all that people can change, the other.
    public init(of state: Entity, to target: Entity) {
        if state.data != target.data { data = target.data }
        if state.tags != target.tags { tags = target.tags }
        if state.links != target.links { links = target.links }
        if state.archiving != target.archiving { archiving = target.archiving }
        if state.isFavorite != target.isFavorite { isFavorite = target.isFavorite }
    }

    /// Whether nothing changes.
    public var isEmpty: Bool { self == Restoration() }
}

extension Entity {
    public var archiving: Restoration.Archiving { .init(isArchived: isArchived, with: archivedWith) }

    /// The state with these parts changed, as if it had always been so: for those who work out what a rollback leads to.
    public func with(_ restoration: Restoration) -> Entity {
        var entity = self
        entity.take(restoration)
        return entity
    }

    mutating func take(_ restoration: Restoration) {
        if let data = restoration.data { take(data) }
        if let tags = restoration.tags {
            self.tags = []
            for tag in tags.map(Slug.renewed) where !self.tags.contains(tag) { self.tags.append(tag) }
        }
        if let links = restoration.links { self.links = links }
        if let favorite = restoration.isFavorite { isFavorite = favorite }
        if let archiving = restoration.archiving {
            isArchived = archiving.isArchived
            archivedWith = archiving.with
        }
    }
}

extension Restoration {
    /// As the log keeps it.
    var json: JSONValue {
        var json = JSONObject()
        if let data { json["data"] = .object(data) }
        if let tags { json["tags"] = .array(tags.map { .string($0) }) }
        if let links { json["links"] = .array(links.map(\.json)) }
        if let archiving {
            json["archived"] = .bool(archiving.isArchived)
            if let with = archiving.with { json["archived_with"] = .string(with.description) }
        }
        if let isFavorite { json["favorite"] = .bool(isFavorite) }
        return .object(json)
    }

    /// - Parameter newest: brings the data into the newest shape of their type.
    init?(_ json: JSONValue, newest: (JSONValue) -> JSONValue) {
        if let data = json["data"] {
            guard let fields = newest(data).object else { return nil }
            self.data = fields
        }
        tags = json["tags"]?.array?.compactMap(\.string)
        links = json["links"]?.array?.compactMap { Entity.Link($0) }
        isFavorite = json["favorite"]?.bool
        if let isArchived = json["archived"]?.bool {
            archiving = Archiving(
                isArchived: isArchived, with: json["archived_with"]?.string.flatMap { UUID($0) })
        }
    }
}

extension Entity.Link {
    var json: JSONValue { ["to": .string(target.description), "relation": .string(relation)] }

    init?(_ json: JSONValue) {
        guard let target = json["to"]?.string.flatMap({ UUID($0) }), let relation = json["relation"]?.string
        else { return nil }
        self.init(target: target, relation: relation)
    }
}
