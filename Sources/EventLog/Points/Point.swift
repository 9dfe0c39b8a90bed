public import System

/// The moment a question is about.
///
/// ``init(parsing:now:in:)`` reads what people write; ``resolve(in:)`` finds its position.
public enum Point: Sendable, Hashable {
    case now
    /// Right after the event at this position.
    case position(Int)
    /// Right after the last event recorded at or before this time; a time to come is now.
    ///
    /// - Parameter isRelative: whether it was said by how long ago it is, so that it means another time when it is asked again.
    case time(Timestamp, isRelative: Bool = false)
    /// Right before the first event of a correlation or of a command.
    case before(UUID)
    /// Right after this event of a stream.
    case event(UUID, version: Int)
}

/// Where a point is in the log.
public struct ResolvedPoint: Sendable, Hashable {
    public let position: Int
    /// When the event there was recorded; nil before the first event.
    public let recordedAt: Timestamp?

    public init(position: Int, recordedAt: Timestamp?) {
        self.position = position
        self.recordedAt = recordedAt
    }
}

extension ResolvedPoint: CustomStringConvertible {
    /// For people: `position 1200 (2026-11-21T06:10:34Z)`.
    public var description: String {
        "position \(position) (\(recordedAt?.seconds ?? "before the first event"))"
    }
}

/// The log has no such point.
public enum PointNotFound: Error, Sendable, Hashable {
    /// The position lies behind the end of the log.
    case future(head: Int)
    /// The point names something that never happened; a sentence says what.
    case unknown(String)
}
