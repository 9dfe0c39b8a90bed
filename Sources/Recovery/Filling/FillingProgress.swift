/// How far the making of a fork, or a restore, has come.
public struct FillingProgress: Sendable, Hashable {
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        case blobs, copying, building, verifying, checking
    }

    public let phase: Phase
    /// Events, or blobs, that were worked through in this phase, and how many there are; 0 where none are counted.
    public let done: Int
    public let total: Int

    public init(_ phase: Phase, done: Int = 0, total: Int = 0) {
        self.phase = phase
        self.done = done
        self.total = total
    }
}
