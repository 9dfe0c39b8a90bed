import Catalogue
import Entities
public import JSON
public import System

/// What is different about one entity between two points.
public struct EntityDifference: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case created, changed, archived, unarchived
        /// It was not there yet at the second point, which lies before the first.
        case gone
        /// Something happened, and was taken back.
        case unchanged
    }

    public let id: UUID
    public let type: String
    /// What people call it at the later point.
    public let name: String
    public let kind: Kind
    public let parts: [Part]
    /// What happened to it in between, as far as it was asked for.
    public let acts: [Act]

    /// One part that is different, and the act that made it so.
    public struct Part: Sendable, Hashable {
        public let change: CellChange
        public let act: Act
    }
}

extension EntityDifference {
    /// - Parameter isReversed: whether it is asked how to get from the end of the change to its beginning.
    init(_ change: StreamChange, isSelective: Bool, isReversed: Bool) {
        let (before, after) = (change.before, change.after)
        var lasts: [Cell: Int] = [:]
        let chosen = Set(change.chosen)
        for step in change.steps where !isSelective || chosen.contains(step.act) { lasts[step.change.cell] = step.act }
        let net = before.map { CellChange.all(from: $0, to: after) } ?? CellChange.beginning(after)
        parts = net.compactMap { part in
            guard let last = lasts[part.cell] else { return nil }
            return Part(change: isReversed ? part.reversed : part, act: change.acts[last])
        }
        id = after.id
        type = after.type
        name = after.data[change.type.nameField]?.string ?? ""
        acts = change.acts.indices.filter { !isSelective || chosen.contains($0) }.map { change.acts[$0] }
        kind = Self.kind(before, after, isEqual: net.isEmpty, isReversed)
    }

    private static func kind(_ before: Entity?, _ after: Entity, isEqual: Bool, _ isReversed: Bool) -> Kind {
        guard let before else { return isReversed ? .gone : .created }
        if before.isArchived == after.isArchived { return isEqual ? .unchanged : .changed }
        return after.isArchived != isReversed ? .archived : .unarchived
    }
}

extension CellChange {
    fileprivate var reversed: CellChange { CellChange(cell: cell, old: new, new: old) }

    /// All that a new entity has.
    fileprivate static func beginning(_ entity: Entity) -> [CellChange] {
        var changes = all(of: entity)
        if entity.isArchived { changes.append(.init(cell: .archived, old: nil, new: entity.archivedValue)) }
        if entity.isFavorite { changes.append(.init(cell: .favorite, old: nil, new: true)) }
        changes += entity.tags.map { .init(cell: .tag($0), old: nil, new: true) }
        changes += entity.links.map { .init(cell: .link(to: $0.target, relation: $0.relation), old: nil, new: true) }
        return changes
    }
}

extension EntityDifference: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id.description)
            writer.field("type", type)
            writer.field("name", name)
            writer.field("kind", kind.rawValue)
            writer.field("changes") { writer in
                writer.array(of: parts) { writer, part in
                    writer.object { writer in
                        writer.field("path", part.change.cell.pointer)
                        if let old = part.change.old { writer.field("old", old) }
                        if let new = part.change.new { writer.field("new", new) }
                        writer.field("position", part.act.position)
                        writer.field("actor", part.act.actor)
                        writer.field("command", part.act.command.description)
                    }
                }
            }
            writer.field("events", acts)
        }
    }
}
