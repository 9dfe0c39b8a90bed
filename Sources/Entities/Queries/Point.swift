public import System

/// The moment a question is about.
public enum Point: Sendable, Hashable {
    case now
    /// Right after the event at this position.
    case position(Int)
    /// Right after the last event recorded at or before this time.
    case time(Timestamp)

    /// Reads a position or an RFC 3339 time.
    public init?(_ text: String) {
        if let position = Int(text), position >= 0 {
            self = .position(position)
        } else if let time = Timestamp(text) {
            self = .time(time)
        } else {
            return nil
        }
    }
}

/// Why a question has no answer.
public enum QueryProblem: Error, Sendable, Hashable {
    /// The point lies behind the end of the log.
    case future(head: Int)
    /// The cursor is not one of ours, or belongs to another question.
    case badCursor
    case notFound
}
