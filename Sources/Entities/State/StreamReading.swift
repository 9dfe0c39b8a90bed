public import Catalogue
import Commands
public import EventLog
import JSON
public import Projections
public import System

/// Reads the stored events of streams, one stream after the other, as what can happen to an entity.
///
/// Everything that folds the log comes here, so that all agree on what an event means, and on which are skipped.
public struct StreamReading: Sendable {
    private let catalogue: Catalogue
    private var stream: UUID?
    /// What the stream is, as its first event says.
    private var category = ""

    public init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    /// - Parameters:
    ///   - hasState: whether an event before has begun the entity.
    ///   - event: those of one stream come one after the other, from the first on.
    public mutating func read(_ event: FoldedEvent, hasState: Bool) -> Result {
        if stream != event.stream {
            stream = event.stream
            category = event.category
        }
        func skipped(_ reason: SkippedEvent.Reason) -> Result {
            .skipped(
                SkippedEvent(position: event.position, stream: event.stream, type: event.type, reason: reason),
                catalogue[type: category])
        }
        if event.category != category { return skipped(.otherCategory(of: category)) }
        guard let data = try? JSONValue(parsing: event.data) else { return skipped(.unreadable) }
        if category == ReceiptEvent.category {
            return ReceiptEvent.answer(data).map { .receipt(id: $0.id, version: $0.version) } ?? skipped(.unreadable)
        }
        guard let type = catalogue[type: category] else { return skipped(.unknownCategory) }
        guard let verb = type.verb(of: event.type) else { return skipped(.undeclared) }
        guard let read = EntityEvent(verb: verb, schemaVersion: event.schemaVersion, data: data, of: type) else {
            return skipped(type.event(verb: verb) == nil ? .undeclared : .unreadable)
        }
        if !hasState, !read.creates { return skipped(.notBegun) }
        return .event(read, type)
    }

    public enum Result: Sendable {
        case event(EntityEvent, EntityType)
        /// The answer of a command that changed nothing: no entity is concerned.
        case receipt(id: UUID, version: Int)
        /// - Parameter type: of the stream, where the catalogue knows it.
        case skipped(SkippedEvent, EntityType?)
    }
}

extension EntityType {
    /// The verb of an event's whole type; nil where that is an event of another category.
    func verb(of eventType: String) -> String? {
        guard let dot = eventType.lastIndex(of: "."), eventType[..<dot] == name else { return nil }
        return String(eventType[eventType.index(after: dot)...])
    }
}
