public import Cryptography
public import System

/// Where the log ends.
public struct LogHead: Sendable, Hashable {
    /// 0 before the first event.
    public var position: Int
    public var hash: SHA256Digest
    public var recordedAt: Timestamp

    public init(position: Int, hash: SHA256Digest, recordedAt: Timestamp) {
        self.position = position
        self.hash = hash
        self.recordedAt = recordedAt
    }

    /// The head of an empty log.
    public static let start = LogHead(position: 0, hash: .zero, recordedAt: Timestamp(microsecondsSinceEpoch: 0))
}

/// Events on their way into the log: each gets the next position, a time that never goes back, and its hash.
public struct AppendBuffer: Sendable {
    public private(set) var head: LogHead
    public private(set) var events: [Event] = []
    private let now: Timestamp
    private var hasher = EventHasher()

    /// - Parameter now: one moment for all of them.
    public init(after head: LogHead, now: Timestamp) {
        self.head = head
        // A clock that was set back must not take the log along.
        self.now = max(now, head.recordedAt)
    }

    @discardableResult
    public mutating func append(_ draft: EventDraft) -> Event {
        let position = head.position + 1
        let hash = hasher.hash(draft, position: position, recordedAt: now, after: head.hash)
        let event = Event(
            position: position, recordedAt: now, stream: draft.stream, version: draft.version,
            category: draft.category, type: draft.type, schemaVersion: draft.schemaVersion, data: draft.data,
            meta: draft.meta, hash: hash)
        head = LogHead(position: position, hash: hash, recordedAt: now)
        events.append(event)
        return event
    }
}
