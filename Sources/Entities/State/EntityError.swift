/// What should never happen to stored state, and what to do when it does.
public enum EntityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A row of the projection is no entity.
    case unreadableDocument

    public var description: String {
        switch self {
        case .unreadableDocument: "An entity's row cannot be read. Run `lifeos projections rebuild`."
        }
    }
}
