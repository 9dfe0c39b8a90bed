import Catalogue
import Projections

/// Reads streams as entities. Only the stream it is at is in memory.
struct EntityFold: StreamFold {
    private var reading: StreamReading
    var list: ProjectorList<EntityChange>
    private var state: (entity: Entity, content: Content)?
    private(set) var skipped = SkippedEvents()

    init(_ list: ProjectorList<EntityChange>, _ catalogue: Catalogue, _ scope: FoldScope) {
        reading = StreamReading(catalogue)
        self.list = list.only(scope.tables)
    }

    mutating func apply(_ event: FoldedEvent) {
        switch reading.read(event, hasState: state != nil) {
        case .event(let change, let type): apply(change, of: type, event)
        // No entity is concerned.
        case .receipt: break
        case .skipped(let skipped, let type):
            self.skipped.add(skipped)
            // The stream has a version more, whatever it was meant to be.
            if state != nil, let type { apply(.skipped(verb: event.type), of: type, event) }
        }
    }

    private mutating func apply(_ change: EntityEvent, of type: EntityType, _ event: FoldedEvent) {
        let moment = Entity.Moment(position: event.position, version: event.version, time: event.recordedAt)
        var after: Entity
        let content: Content
        if let state {
            after = state.entity
            after.apply(change, at: moment)
            content = after.data == state.entity.data ? state.content : Content(after.data, of: type)
        } else {
            guard let first = Entity(id: event.stream, type: type.name, change, at: moment) else {
                preconditionFailure("a stream begins with what begins it")
            }
            after = first
            content = Content(first.data, of: type)
        }
        list.apply(EntityChange(before: state, after: EntityRow(after, content)))
        state = (after, content)
    }

    mutating func endStream() {
        list.endStream()
        state = nil
    }

}
