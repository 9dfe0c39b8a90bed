import Entities
public import JSON
public import System

/// The smallest part of an entity that changes and is rolled back as one.
public enum Cell: Sendable, Hashable {
    /// Whether the entity is there at all.
    case existence
    /// One of the type's own fields.
    case field(String)
    case archived
    case favorite
    /// Whether one tag is on it.
    case tag(String)
    /// Whether one link goes out from it.
    case link(to: UUID, relation: String)

    /// Where it is in the entity's document.
    public var pointer: JSONPointer {
        switch self {
        case .existence: .root
        case .field(let name): .root.appending("data").appending(name)
        case .archived: .root.appending("archived")
        case .favorite: .root.appending("favorite")
        case .tag(let slug): .root.appending("tags").appending(slug)
        case .link(let target, let relation):
            .root.appending("links").appending(relation).appending(target.description)
        }
    }

    /// For people.
    public var name: String {
        switch self {
        case .existence: "the entity itself"
        case .field(let name): name
        case .archived: "archived"
        case .favorite: "favorite"
        case .tag(let slug): "tag \(slug)"
        case .link(let target, let relation): "link \(relation) to \(target)"
        }
    }
}

/// One cell that differs between two states.
public struct CellChange: Sendable, Hashable {
    public let cell: Cell
    /// Nil where it was not there.
    public let old: JSONValue?
    public let new: JSONValue?
}

extension CellChange {
    /// What differs, fields first, in the order of the newer state.
    static func all(from old: Entity, to new: Entity) -> [CellChange] {
        var changes: [CellChange] = []
        if old.data != new.data { changes += fields(from: old.data, to: new.data) }
        if old.archiving != new.archiving {
            changes.append(CellChange(cell: .archived, old: old.archivedValue, new: new.archivedValue))
        }
        if old.isFavorite != new.isFavorite {
            changes.append(CellChange(cell: .favorite, old: .bool(old.isFavorite), new: .bool(new.isFavorite)))
        }
        changes += presences(from: old.tags, to: new.tags) { .tag($0) }
        changes += presences(from: old.links, to: new.links) { .link(to: $0.target, relation: $0.relation) }
        return changes
    }

    /// What an entity begins with.
    static func all(of new: Entity) -> [CellChange] {
        [CellChange(cell: .existence, old: nil, new: true)]
            + new.data.map { CellChange(cell: .field($0.key), old: nil, new: $0.value) }
    }

    private static func fields(from old: JSONObject, to new: JSONObject) -> [CellChange] {
        new.compactMap { name, value in
            let before = old[name]
            return before == value ? nil : CellChange(cell: .field(name), old: before, new: value)
        }
            + old.compactMap { name, value in
                new[name] == nil ? CellChange(cell: .field(name), old: value, new: nil) : nil
            }
    }

    private static func presences<Item: Hashable>(
        from old: [Item], to new: [Item], _ cell: (Item) -> Cell
    ) -> [CellChange] {
        if old == new { return [] }
        let (before, after) = (Set(old), Set(new))
        return old.filter { !after.contains($0) }.map { CellChange(cell: cell($0), old: true, new: nil) }
            + new.filter { !before.contains($0) }.map { CellChange(cell: cell($0), old: nil, new: true) }
    }
}

extension Entity {
    /// Whether it is archived and, where another one took it along, with whom.
    var archivedValue: JSONValue {
        archivedWith.map { ["with": .string($0.description)] } ?? .bool(isArchived)
    }

    func value(of cell: Cell) -> JSONValue? {
        switch cell {
        case .existence: true
        case .field(let name): data[name]
        case .archived: archivedValue
        case .favorite: .bool(isFavorite)
        case .tag(let slug): tags.contains(slug) ? true : nil
        case .link(let target, let relation):
            links.contains(Link(target: target, relation: relation)) ? true : nil
        }
    }
}
