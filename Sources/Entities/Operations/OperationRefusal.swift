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
        case .busy(let id?): "Operation \(id) is under way and excludes this one. Wait until it is done, or cancel it."
        case .busy(nil): "An operation that excludes this one is under way. Wait until it is done."
        case .uncertain(let id):
            "Operation \(id), which excludes this one, is marked as running, but no process shows that it carries it. If it is "
                + "dead, that is recorded within a minute: try again then."
        case .tooMany(let limit): "\(limit) operations are under way already. Wait until one is done."
        case .stopping: "The service is stopping."
        case .notFound: "There is no such operation."
        case .over(let status): "It has ended already: it is \(status)."
        case .undeclared(let verbs):
            "The catalogue declares no \(verbs.map { "operation.\($0)" }.joined(separator: ", ")), so its course could not be "
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
        case .asked: "Someone asked for it to be stopped."
        case .shutdown: "The server was stopped."
        case .disowned: "The database was out of reach for so long that its process was taken for dead."
        }
    }
}
