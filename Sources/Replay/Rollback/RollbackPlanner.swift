import Catalogue
import Entities
import JSON
import System

/// Works out how an entity becomes again what it was before the chosen acts, as a pure value.
///
/// Where nobody else has touched the entity since, that is the whole state of then. Otherwise part by part: a part that
/// the chosen acts changed last goes back to what it was before them, and one that others changed since is a conflict.
struct RollbackPlanner: Sendable {
    let isForced: Bool

    /// - Returns: nil where there is nothing to do.
    func step(for change: StreamChange) -> RollbackStep? {
        // What the system notes down about itself is not undone.
        if change.type.isSystem || change.chosen.isEmpty { return nil }
        let (restoration, conflicts) = change.isChosenToTheEnd ? (whole(change), []) : merged(change)
        if restoration.isEmpty, conflicts.isEmpty { return nil }
        let now = change.after
        return RollbackStep(
            id: now.id, type: now.type, name: now.data[change.type.nameField]?.string ?? "", version: now.version,
            restoration: restoration, changes: CellChange.all(from: now, to: now.with(restoration)),
            conflicts: conflicts)
    }

    private func whole(_ change: StreamChange) -> Restoration {
        if let target = change.beforeChosen { return Restoration(of: change.after, to: target) }
        // What came into being is put away, never deleted.
        return archival(of: change.after)
    }

    private func archival(of entity: Entity) -> Restoration {
        var restoration = Restoration()
        if !entity.isArchived { restoration.archiving = .init(isArchived: true) }
        return restoration
    }

    private func merged(_ change: StreamChange) -> (Restoration, [RollbackStep.Conflict]) {
        let chosen = Set(change.chosen)
        if change.before == nil, chosen.contains(0) { return mergedCreation(change, chosen) }
        var targets: [(cell: Cell, value: JSONValue?)] = []
        var conflicts: [RollbackStep.Conflict] = []
        for (cell, steps) in timelines(change) {
            guard let last = steps.lastIndex(where: { chosen.contains($0.act) }) else { continue }
            // Of several runs of chosen acts, all but the last were overwritten by others already.
            let other = steps[..<last].lastIndex { !chosen.contains($0.act) }
            let target = steps[other.map { $0 + 1 } ?? 0].change.old
            let now = change.after.value(of: cell)
            if now == target { continue }
            if last + 1 < steps.count {
                let cause = RollbackStep.Cause.changedSince(change.acts[steps[last + 1].act])
                conflicts.append(conflict(cell, then: steps[last].change.new, now, target, cause))
                if !isForced { continue }
            }
            targets.append((cell, target))
        }
        var restoration = Restoration(targets, on: change.after)
        if let data = restoration.data, let problem = change.type.problems(in: .object(data)).first {
            for case (.field(let name), let value) in targets {
                let cell = Cell.field(name)
                let now = change.after.value(of: cell)
                conflicts.append(conflict(cell, then: now, now, value, .invalid("\(problem)"), canForce: false))
            }
            restoration.data = nil
        }
        return (restoration, conflicts)
    }

    /// What others have worked on is not put away under their hands.
    private func mergedCreation(_ change: StreamChange, _ chosen: Set<Int>) -> (Restoration, [RollbackStep.Conflict]) {
        let archival = archival(of: change.after)
        guard !archival.isEmpty, let other = change.acts.indices.last(where: { !chosen.contains($0) }) else {
            return (archival, [])
        }
        let conflict = conflict(.existence, then: true, true, nil, .changedSince(change.acts[other]))
        return (isForced ? archival : Restoration(), [conflict])
    }

    private func conflict(
        _ cell: Cell, then: JSONValue?, _ now: JSONValue?, _ target: JSONValue?, _ cause: RollbackStep.Cause,
        canForce: Bool = true
    ) -> RollbackStep.Conflict {
        .init(cell: cell, then: then, now: now, target: target, cause: cause, isForced: isForced && canForce)
    }

    /// The steps of each cell, in the order in which cells were first touched.
    private func timelines(_ change: StreamChange) -> [(Cell, [StreamChange.Step])] {
        var places: [Cell: Int] = [:]
        var timelines: [(Cell, [StreamChange.Step])] = []
        for step in change.steps {
            if let place = places[step.change.cell] {
                timelines[place].1.append(step)
            } else {
                places[step.change.cell] = timelines.count
                timelines.append((step.change.cell, [step]))
            }
        }
        return timelines
    }
}

extension Restoration {
    /// These values, and everything else as it is.
    fileprivate init(_ targets: [(cell: Cell, value: JSONValue?)], on state: Entity) {
        self.init()
        var (data, tags, links) = (state.data, state.tags, state.links)
        for (cell, value) in targets {
            switch cell {
            case .existence: break
            case .field(let name): data[name] = value
            case .archived:
                let with = value?["with"]?.string.flatMap { UUID($0) }
                archiving = .init(isArchived: with != nil || value == true, with: with)
            case .favorite: isFavorite = value == true
            case .tag(let slug):
                tags.removeAll { $0 == slug }
                if value != nil { tags.append(slug) }
            case .link(let target, let relation):
                let link = Entity.Link(target: target, relation: relation)
                links.removeAll { $0 == link }
                if value != nil { links.append(link) }
            }
        }
        if data != state.data { self.data = data }
        if tags != state.tags { self.tags = tags }
        if links != state.links { self.links = links }
    }
}
