public import Cryptography

/// What a verification found.
public struct LogVerification: Sendable, Equatable {
    /// The positions that were looked at.
    public let range: ClosedRange<Int>
    /// Events whose hash was computed again.
    public let verifiedCount: Int
    /// Where the log ended when the verification began: worth keeping elsewhere, and stating the next time.
    public let head: LogHead
    /// How far the last event is dated ahead of the database's clock.
    public let lead: Duration
    /// The first thing that is wrong; nil where the log is sound.
    public let fault: LogFault?
    /// What should not be there, though the chain covers it: such events are skipped wherever the log is folded.
    public let foreignEvents: ForeignEvents

    public var isSound: Bool { fault == nil }
}

/// The first place where the log is not what was written.
public struct LogFault: Error, Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Contents and hash disagree.
        case edited
        /// Only the hash was changed; the contents are the ones that were written.
        case hashChanged = "hash_changed"
        /// An event is gone from the midst.
        case deleted
        /// A position is there more than once.
        case duplicated
        /// An event is there that was never written.
        case inserted
        /// Two events are in each other's place.
        case reordered
        /// The end is gone.
        case truncated
        /// The row that says where the log ends does not say what its last event says.
        case headMismatch = "head_mismatch"
        /// An event is dated earlier than the one before, though its hash is right.
        case timeDecreased = "time_decreased"
        /// The chain holds, but it is not the one that the stated head was taken from.
        case rewritten
    }

    /// The first position that is wrong.
    public let position: Int
    public let kind: Kind
    /// A sentence about it for people.
    public let explanation: String
}

/// A head that was noted down earlier, as `position:hash`.
public struct StatedHead: Sendable, Hashable, CustomStringConvertible {
    public let position: Int
    public let hash: SHA256Digest

    public init(position: Int, hash: SHA256Digest) {
        self.position = position
        self.hash = hash
    }

    public init(_ head: LogHead) { self.init(position: head.position, hash: head.hash) }

    /// Reads `position:hash` with the hash in hexadecimal; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int(parts[0]), position >= 0, let hash = SHA256Digest(hex: parts[1])
        else { return nil }
        self.init(position: position, hash: hash)
    }

    public var description: String { "\(position):\(hash.hex)" }
}
