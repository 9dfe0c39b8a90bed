import Catalogue
public import Entities
public import JSON
public import System

/// What a rollback does to one entity.
public struct RollbackStep: Sendable, Hashable {
    public let id: UUID
    public let type: String
    /// What people call it now.
    public let name: String
    /// The version it was worked out for: where the entity has another by then, it is left alone.
    public let version: Int
    /// Empty where nothing is done because of conflicts.
    public let restoration: Restoration
    /// The same, part by part.
    public let changes: [CellChange]
    /// Parts that were changed by others since.
    public let conflicts: [Conflict]

    /// A part that the rollback would change back, had not somebody else changed it since.
    public struct Conflict: Sendable, Hashable {
        public let cell: Cell
        /// What those acts made of it that are rolled back.
        public let then: JSONValue?
        public let now: JSONValue?
        /// What the rollback would make of it.
        public let target: JSONValue?
        public let cause: Cause
        /// Whether the rollback was forced over it.
        public let isForced: Bool
    }

    public enum Cause: Sendable, Hashable {
        case changedSince(Act)
        /// Together with what others changed, the data would not be valid.
        case invalid(String)
    }

    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case changed, archived, unarchived
        case leftAlone = "left_alone"
    }

    public var outcome: Outcome {
        if restoration.isEmpty { return .leftAlone }
        guard let archiving = restoration.archiving else { return .changed }
        return archiving.isArchived ? .archived : .unarchived
    }
}
