public import System

/// Why an operation was not started or stopped. Nothing happened.
public enum OperationRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another one that excludes it is under way; nil where it cannot be told which.
    case busy(UUID?)
    /// Another one that excludes it is marked as running, though no process shows that it carries it. Before long it
    /// holds its lock again, or is recorded as failed.
    case uncertain(UUID)
    case tooMany(limit: Int)
    case stopping
    case notFound
    /// It has ended, and this is how: such as `completed`.
    case over(String)
    /// The catalogue knows no operations.
    case unknownCategory
    /// The catalogue does not declare events by which the work would be recorded.
    case undeclared([String])

    public var description: String {
        switch self {
        case .busy(let id?): "Operation \(id) is running and conflicts with this one. Wait until it ends, or cancel it."
        case .busy(nil): "A conflicting operation is running. Wait until it ends."
        case .uncertain(let id):
            "Operation \(id), which conflicts with this one, is marked as running, but no process holds its lock. If its process is "
                + "dead, the operation is recorded as failed within a minute; try again then."
        case .tooMany(let limit): "\(limit) operations are already running. Wait until one ends."
        case .stopping: "The service is stopping."
        case .notFound: "There is no such operation."
        case .over(let status): "It has already ended: \(status)."
        case .undeclared(let verbs):
            "The catalogue declares no \(verbs.map { "operation.\($0)" }.joined(separator: ", ")), so its progress could not be "
                + "recorded. Put events/system/operation.json back."
        case .unknownCategory: "The catalogue has no operations. Put events/system/operation.json back."
        }
    }
}

/// Why an operation has to stop before its end.
enum OperationStop: Sendable, Hashable {
    case asked
    case shutdown
    /// Others took this process for dead: what they recorded stands, and another may have begun in its place.
    case disowned

    var sentence: String {
        switch self {
        case .asked: "It was cancelled on request."
        case .shutdown: "The server was stopped."
        case .disowned: "The database was unreachable for so long that the process was considered dead."
        }
    }
}
