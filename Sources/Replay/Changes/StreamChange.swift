public import Catalogue
public import Entities
import JSON
import System

/// What happened to one entity within a scope, event by event.
public struct StreamChange: Sendable {
    public let type: EntityType
    /// The state where the scope begins; nil where the entity came into being within it.
    public let before: Entity?
    public private(set) var after: Entity
    /// Every event within the scope's positions, whoever caused it.
    public private(set) var acts: [Act] = []
    /// What each act changed, in order.
    private(set) var steps: [Step] = []
    /// Places in `acts` that the scope asks for.
    private(set) var chosen: [Int] = []
    /// The state before the first of them; nil where that one created the entity.
    private(set) var beforeChosen: Entity?

    struct Step: Sendable {
        let act: Int
        let change: CellChange
    }

    init(_ type: EntityType, before: Entity, _ event: EntityEvent, at moment: Entity.Moment, _ act: Act, isChosen: Bool)
    {
        self.type = type
        self.before = before
        after = before
        take(event, at: moment, act, isChosen: isChosen)
    }

    /// Begins with the event that creates the entity; nil for one that creates none.
    init?(_ type: EntityType, id: UUID, _ event: EntityEvent, at moment: Entity.Moment, _ act: Act, isChosen: Bool) {
        guard let first = Entity(id: id, type: type.name, event, at: moment) else { return nil }
        self.type = type
        before = nil
        after = first
        acts = [act]
        steps = CellChange.all(of: first).map { Step(act: 0, change: $0) }
        if isChosen { chosen = [0] }
    }

    mutating func take(_ event: EntityEvent, at moment: Entity.Moment, _ act: Act, isChosen: Bool) {
        let old = after
        after.apply(event, at: moment)
        if isChosen {
            if chosen.isEmpty { beforeChosen = old }
            chosen.append(acts.count)
        }
        for change in CellChange.all(from: old, to: after) { steps.append(Step(act: acts.count, change: change)) }
        acts.append(act)
    }

    /// Whether from the first chosen act on all are.
    var isChosenToTheEnd: Bool { chosen.first.map { acts.count - $0 == chosen.count } ?? false }
}
