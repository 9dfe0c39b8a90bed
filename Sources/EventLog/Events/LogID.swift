import Cryptography
public import System

/// Tells one log from another. Two databases may hold the same events up to some position and go different ways from
/// there: their logs have different ids.
public struct LogID: Sendable, Hashable, CustomStringConvertible {
    public let uuid: UUID

    public init(_ uuid: UUID) { self.uuid = uuid }

    /// Takes the form of ``description``; anything else is `nil`.
    public init?(_ text: String) {
        guard let uuid = UUID(text) else { return nil }
        self.uuid = uuid
    }

    /// Eight characters that stand for it where it has to be short: in cursors and tags.
    public var mark: String { TextCoding.base64URL.encode(Array(uuid.bytes.prefix(6))) }

    public var description: String { uuid.description }
}

/// The log that another continues.
public struct LogPredecessor: Sendable, Hashable {
    /// Nil where nobody noted it: a backup of an older version of this program does not say.
    public let log: LogID?
    /// Up to here both are the same.
    public let position: Int

    public init(log: LogID?, position: Int) {
        self.log = log
        self.position = position
    }
}

/// Which log a database holds, and which one it continues.
public struct LogIdentity: Sendable, Hashable {
    public let id: LogID
    public let predecessor: LogPredecessor?

    public init(id: LogID, predecessor: LogPredecessor? = nil) {
        self.id = id
        self.predecessor = predecessor
    }

    /// A number that means something in this log only, such as a position, for clients to keep: `374-kJ3fA9xQ`.
    public func marked(_ number: Int) -> String { "\(number)-\(id.mark)" }

    /// The number in what ``marked(_:)`` gave; `nil` where another log did, and for any other text.
    ///
    /// A number without a mark is from the time before logs had ids, or somebody's own. It is taken where this log
    /// continues no other, since then it can mean nothing else.
    public func number(marked text: String) -> Int? {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = Int(parts[0]), number >= 0, parts[0] == String(number) else { return nil }
        if parts.count == 1 { return predecessor == nil ? number : nil }
        return parts[1] == id.mark ? number : nil
    }
}
