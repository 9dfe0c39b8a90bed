/// What should never happen to stored state, and what to do when it does.
public enum EntityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A row of the projection is no entity.
    case unreadableDocument
    /// The catalogue does not know the type of an event, or the event makes no sense there.
    case unreadableEvent(position: Int, type: String)

    public var description: String {
        switch self {
        case .unreadableDocument:
            "An entity's row cannot be read. Run `lifeos projections rebuild`."
        case .unreadableEvent(let position, let type):
            "The event \(type) at position \(position) is not in the catalogue. Put the file of its type back into events/."
        }
    }
}
