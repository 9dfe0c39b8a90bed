public import System

/// One event that changed an entity: who, when, in which command, why.
public struct Act: Sendable, Hashable {
    public let position: Int
    public let version: Int
    public let recordedAt: Timestamp
    /// Such as `character.updated`.
    public let event: String
    public let actor: String
    public let command: UUID
    public let correlation: UUID
    public let reason: String?
}
