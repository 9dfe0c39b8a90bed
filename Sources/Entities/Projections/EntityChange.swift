import System

/// One event's effect on an entity: what projections are made of.
public struct EntityChange: Sendable {
    /// Nil where the event creates the entity.
    public let before: (entity: Entity, content: Content)?
    public let after: EntityRow

    public init(before: (entity: Entity, content: Content)?, after: EntityRow) {
        self.before = before
        self.after = after
    }
}

/// One version of an entity with everything that its row holds.
public struct EntityRow: Sendable {
    public let entity: Entity
    public let content: Content
    let name: String
    public let document: [UInt8]

    public init(_ entity: Entity, _ content: Content) {
        self.entity = entity
        self.content = content
        name = RowRules.name(content.name)
        document = entity.document(data: content.encoded)
    }
}
