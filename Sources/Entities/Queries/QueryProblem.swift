public import EventLog

/// Why a question has no answer.
public enum QueryProblem: Error, Sendable, Hashable {
    /// The cursor is not one of ours, or belongs to another question.
    case badCursor
    /// The cursor is of another log than this one.
    case anotherLog(LogID, head: Int)
    case notFound
}
