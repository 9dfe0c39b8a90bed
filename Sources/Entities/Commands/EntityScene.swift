import Catalogue
public import Commands
public import EventLog
import JSON
public import Postgres
import System

/// The entities of a batch as they stand after the commands decided so far.
public struct EntityScene: Sendable {
    /// One event that is to happen to one entity.
    typealias Step = (id: UUID, type: EntityType, event: EntityEvent)

    private struct Figure {
        var entity: Entity
        var content: Content
        /// Where it has been encoded already.
        var document: [UInt8]?
    }

    private let catalogue: Catalogue
    /// Entities that are there, but were too large to be loaded with the others.
    private var unloaded: Set<EntityKey> = []
    private var figures: [EntityKey: Figure] = [:]
    /// The categories of streams whose ids a command may want for an entity of its own.
    private var owners: [UUID: String] = [:]
    /// The types of entities that are pointed to.
    private var types: [UUID: String] = [:]
    private let category: EntityCategory
    /// What the commands have changed so far, for the projections.
    private var changes: [EntityChange] = []

    /// - Parameter loaded: begins with the answers to the statements of `LookupRequest`, in the order of `EntityCategory.load`.
    init(_ wanted: LookupRequest, _ loaded: inout ArraySlice<Rows>, _ category: EntityCategory) throws {
        self.category = category
        catalogue = category.catalogue
        if !wanted.targets.isEmpty {
            for (place, document, created) in try loaded.removeFirst().decode(
                Int64.self, JSONBytes?.self, Int64.self)
            {
                guard let document else {
                    let target = wanted.targets[Int(place) - 1]
                    unloaded.insert(EntityKey(target.id, type: target.type))
                    continue
                }
                try put(Entity(document: document.bytes, createdPosition: Int(created)))
            }
        }
        if !wanted.claims.isEmpty {
            for (id, category) in try loaded.removeFirst().decode(UUID.self, String.self) { owners[id] = category }
        }
        for isAsked in [!wanted.pairs.isEmpty, !wanted.anywhere.isEmpty] where isAsked {
            for (id, type) in try loaded.removeFirst().decode(UUID.self, String.self) { types[id] = type }
        }
    }

    private mutating func put(_ entity: Entity) throws {
        guard let type = catalogue[type: entity.type] else { throw EntityError.unreadableDocument }
        put(entity, Content(entity.data, of: type))
    }

    private mutating func put(_ entity: Entity, _ content: Content, document: [UInt8]? = nil) {
        figures[EntityKey(entity)] = Figure(entity: entity, content: content, document: document)
        owners[entity.id] = entity.type
        types[entity.id] = entity.type
    }

    /// Whether all that the command changes was loaded.
    public func canDecide(_ command: EntityCommand) -> Bool {
        unloaded.isEmpty
            || LookupRequest([command], catalogue).targets.allSatisfy {
                !unloaded.contains(EntityKey($0.id, type: $0.type))
            }
    }

    /// What is to happen; none where it is so already.
    func decide(_ command: EntityCommand) throws(Rejection) -> [Step] {
        let events = try Entity.decide(figures[command.key]?.entity, command)
        var tags: [Step] = []
        for event in events {
            if event.creates { try claim(command.id, command.type) }
            try check(event, of: command)
            if case .tagged(let slugs) = event { tags += try newTags(slugs, besides: command.key) }
        }
        return tags + events.map { (command.id, command.type, $0) }
    }

    /// Refuses an id that a stream has already: of another category, or one that nothing could be read of.
    private func claim(_ id: UUID, _ type: EntityType) throws(Rejection) {
        if let category = owners[id] { throw .idTaken(id: id, category: category) }
    }

    /// Tags come into being when they are first used.
    private func newTags(_ slugs: [String], besides own: EntityKey) throws(Rejection) -> [Step] {
        guard let type = catalogue.tag else { return [] }
        var steps: [Step] = []
        for slug in slugs {
            let id = type.derivedID(slug: slug)
            let key = EntityKey(id, type)
            // A tag that is created with itself on it comes into being by that alone.
            if figures[key] != nil || key == own { continue }
            if id == own.id { throw .idTaken(id: id, category: own.type) }
            try claim(id, type)
            steps.append((id, type, .created([type.nameField: .string(slug)])))
        }
        return steps
    }

    /// Refuses what points to nothing, or to something that does not belong there. What pointed there before may stay.
    private func check(_ event: EntityEvent, of command: EntityCommand) throws(Rejection) {
        var wrong: [Rejection.Reference] = []
        let content: Content
        switch event {
        case .linked(let link):
            if types[link.target] == nil {
                wrong = [.init(field: "links.\(link.relation)", target: link.target, type: nil, allowed: ["*"])]
            }
            if wrong.isEmpty { return }
            throw .badReferences(wrong)
        case .created, .reverted:
            switch command.action {
            case .create(let given, _), .revert(_, let given): content = given
            default: return
            }
        case .updated(let patch):
            guard let figure = figures[command.key],
                let patched = JSONValue.object(figure.entity.data).merging(patch).object
            else { return }
            content = Content(patched, of: command.type)
        default: return
        }
        // Patch after patch could make it longer than a document that can be read again.
        if content.encoded.count > Entity.dataBytesMax { throw .tooLarge(limitBytes: Entity.dataBytesMax) }
        let known = Set(figures[command.key]?.content.references ?? [])
        for reference in content.references where !known.contains(reference) {
            guard let path = command.type.references.first(where: { $0.path == reference.field }) else { continue }
            let found = types[reference.target]
            if let found, path.reference.allows(type: found) { continue }
            wrong.append(
                .init(field: reference.field, target: reference.target, type: found, allowed: path.reference.types))
        }
        if !wrong.isEmpty { throw .badReferences(wrong) }
    }

    /// What goes along with an archived entity, or comes back with it.
    mutating func cascade(_ command: EntityCommand, _ taken: [Entity]) -> [Step] {
        var steps: [Step] = []
        for entity in taken {
            guard let type = catalogue[type: entity.type] else { continue }
            put(entity, Content(entity.data, of: type))
            let isArchiving = if case .archive = command.action { true } else { false }
            steps.append((entity.id, type, isArchiving ? .archived(with: command.id) : .unarchived))
        }
        return steps
    }

    /// Appends the events and goes on from the states they lead to. The command's own entity comes last.
    mutating func carryOut(_ command: EntityCommand, _ steps: [Step], _ log: inout AppendBuffer) -> EntityAnswer {
        let meta = steps.isEmpty ? [] : command.meta.encoded()
        for step in steps { take(step, meta, command, &log) }
        guard let figure = figures[command.key] else { preconditionFailure("a decided command has an entity") }
        let entity = figure.entity
        let document = figure.document ?? entity.document(data: figure.content.encoded)
        let changed = EntityAnswer.Changed(entity: entity, document: document)
        if steps.isEmpty { return .unchanged(changed) }
        return steps.contains { $0.id == command.id && $0.event.creates } ? .created(changed) : .changed(changed)
    }

    private mutating func take(_ step: Step, _ meta: [UInt8], _ command: EntityCommand, _ log: inout AppendBuffer) {
        let before = figures[EntityKey(step.id, step.type)]
        let given: Content? =
            switch (step.event, command.action) {
            case (.created, .create(let content, _)) where step.id == command.id: content
            case (.reverted, .revert(_, let content)): content
            case (.restored(let parts), .restore(_, let content)) where parts.data != nil: content
            default: nil
            }
        // What was encoded for the content need not be encoded again for the event.
        let isWhole = if case .created = step.event { true } else { false }
        let event = log.append(
            EventDraft(
                stream: step.id, version: (before?.entity.version ?? 0) + 1, category: step.type.name,
                type: "\(step.type.name).\(step.event.verb)", schemaVersion: step.type.version,
                data: given.flatMap { isWhole ? $0.encoded : nil } ?? step.event.data.encoded(), meta: meta))
        let moment = Entity.Moment(position: event.position, version: event.version, time: event.recordedAt)
        let entity: Entity
        if var state = before?.entity {
            state.apply(step.event, at: moment)
            entity = state
        } else {
            guard let state = Entity(id: step.id, type: step.type.name, step.event, at: moment) else {
                preconditionFailure("\(step.event.verb) was decided on nothing")
            }
            entity = state
        }
        let isSame = before.map { $0.entity.data == entity.data } ?? false
        let content = given ?? (isSame ? before?.content : nil) ?? Content(entity.data, of: step.type)
        let row = EntityRow(entity, content)
        changes.append(EntityChange(before: before.map { ($0.entity, $0.content) }, after: row))
        put(entity, content, document: row.document)
    }
}

extension EntityScene: CommandScene {
    public mutating func decide(
        _ command: EntityCommand, on connection: isolated Connection, _ log: inout AppendBuffer
    ) throws -> EntityAnswer {
        var steps = try decide(command)
        if category.wantsFreshBatch(command), !steps.isEmpty {
            steps = cascade(command, try category.dependents(of: command, on: connection)) + steps
        }
        return carryOut(command, steps, &log)
    }

    public func write(into batch: inout Batch) { category.write(changes, into: &batch) }
}
