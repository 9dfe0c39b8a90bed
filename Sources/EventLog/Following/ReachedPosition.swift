/// A position that the log has come to, so that it can be followed from there.
///
/// Only a tail makes one: whoever followed from a position that lies ahead would wait in silence, and never see what is
/// recorded up to there.
public struct ReachedPosition: Sendable, Hashable {
    public let position: Int

    init(knownAs position: Int) { self.position = position }

    /// Before the first event.
    public static let start = ReachedPosition(knownAs: 0)
}

/// A position that the log has not come to. It may be one of another log: of one that this was restored from, or forked.
public struct BeyondHead: Error, Sendable, Hashable, CustomStringConvertible {
    public let position: Int
    /// Where the log ends.
    public let head: Int

    public init(position: Int, head: Int) {
        self.position = position
        self.head = head
    }

    public var description: String { "Position \(position) lies beyond the end of the log, which is at \(head)." }
}

extension LogTail {
    /// - Throws: ``BeyondHead``, or what the database says.
    public func reached(_ position: Int) async throws -> ReachedPosition {
        // What this node knows is asked first. Others may have written since, and told somebody of it.
        if position <= self.position ?? -1 { return ReachedPosition(knownAs: position) }
        let head = try await reader.head().position
        guard position <= head else { throw BeyondHead(position: position, head: head) }
        return ReachedPosition(knownAs: position)
    }
}
