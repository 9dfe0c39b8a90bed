public import System

/// Which events of the log are looked at: those after one position, up to and including another, that fulfil all of this.
public struct ChangeScope: Sendable, Hashable {
    public var after: Int
    public var upTo: Int
    /// Of these types; empty for all.
    public var types: [String] = []
    /// Of these entities; empty for all.
    public var entities: [UUID] = []
    public var actor: String?
    public var correlation: UUID?
    public var command: UUID?

    public init(after: Int, upTo: Int) {
        self.after = after
        self.upTo = upTo
    }

    /// Whether it asks who did something, so that others may have changed the same entities in the same time.
    public var isSelective: Bool { actor != nil || correlation != nil || command != nil }

    func chooses(_ act: Act) -> Bool {
        (actor == nil || act.actor == actor) && (correlation == nil || act.correlation == correlation)
            && (command == nil || act.command == command)
    }
}
