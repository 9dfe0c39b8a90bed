public import System

/// Why a fork is not made, opened or dropped, and what to do.
public enum ForkError: AdvisingError, Sendable, Hashable {
    case badName(String)
    case taken(ForkName)
    case unknown(String, nearest: String?)
    case unfinished(ForkName)
    case inUse(ForkName)
    /// The log should have an event there, and has none.
    case gone(Int)
    /// The log ends before that position.
    case future(head: Int)

    public var description: String {
        switch self {
        case .badName(let name): "\(name) is not a valid name for a fork. \(ForkName.rule)"
        case .taken(let name): "There is something called \(name) already."
        case .unknown(let name, let nearest):
            "There is no fork called \(name).\(nearest.map { " Did you mean \($0)?" } ?? "")"
        case .unfinished(let name): "The fork \(name) was never finished: the process that created it was stopped."
        case .inUse(let name): "The fork \(name) is in use."
        case .gone(let position): "Position \(position) is missing from the log."
        case .future(let head): "The log ends at position \(head)."
        }
    }

    /// What to do next, as a sentence.
    public var advice: String {
        switch self {
        case .badName: "Choose a shorter name of letters, digits and dashes."
        case .taken(let name): "Choose another name, or run: lifeos replay drop-fork \(name)"
        case .unknown: "Run: lifeos replay forks"
        case .unfinished(let name): "Run: lifeos replay drop-fork \(name)"
        case .inUse: "Stop the server or any other program that is connected to it, then try again."
        case .gone: "Run: lifeos log verify"
        case .future: "Choose a point that has been."
        }
    }
}
