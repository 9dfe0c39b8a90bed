/// Why a command got no decision.
public enum CommandWriterError: Error, Sendable, Equatable {
    /// Too many commands wait already.
    case overloaded
    /// The writer is stopping and takes nothing new.
    case stopping
    /// The database could not be reached for long; the command did not happen.
    case unavailable
    /// The database was lost while it took the command in, and could not be asked since. It may have happened.
    case outcomeUnknown
    /// The log's head was changed by hand or the log was: nothing is appended until that is put right.
    case brokenEnd(LogEnd.Fault)
    /// A clock is far off: nothing is appended until it is set right.
    case wrongClock(ClockFault)
}

extension CommandWriterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .overloaded: "Too many changes wait to be written. Try again in a second."
        case .stopping: "The service is stopping."
        case .unavailable: "The database cannot be reached; nothing was changed."
        case .outcomeUnknown: "The database was lost while it took the change in, so it may have been made. Look first."
        case .brokenEnd(let fault): "\(fault) Nothing was changed. \(fault.advice)"
        case .wrongClock(let fault): "\(fault) Nothing was changed. \(fault.advice)"
        }
    }
}
