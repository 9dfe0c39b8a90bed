/// Why a command got no decision.
public enum CommandWriterError: Error, Sendable, Equatable {
    /// Too many commands wait already.
    case overloaded
    /// The writer is stopping and takes nothing new.
    case stopping
    /// Its caller gave up while it still waited; the command did not happen.
    case withdrawn
    /// The database could not be reached for long; the command did not happen.
    case unavailable
    /// Another session has locked the log, or something else that the command needs, for long; it did not happen.
    case blocked
    /// The database was lost while it took the command in, and could not be asked since. It may have happened.
    case outcomeUnknown
    /// The log's head was changed by hand or the log was: nothing is appended until that is put right.
    case brokenEnd(LogEnd.Fault)
    /// A clock is far off: nothing is appended until it is set right.
    case wrongClock(ClockFault)
    /// The tables of the database are another version's by now.
    case superseded
}

extension CommandWriterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .overloaded: "Too many changes wait to be written. Try again in a second."
        case .stopping: "The service is stopping."
        case .withdrawn: "The change waited too long for its turn; nothing was changed. Try again."
        case .blocked:
            "Another session of the database keeps the log locked; nothing was changed. `/health/ready` names it."
        case .unavailable: "The database cannot be reached; nothing was changed."
        case .outcomeUnknown: "The database was lost while it took the change in, so it may have been made. Look first."
        case .brokenEnd(let fault): "\(fault) Nothing was changed. \(fault.advice)"
        case .wrongClock(let fault): "\(fault) Nothing was changed. \(fault.advice)"
        case .superseded:
            "Another version of Life-OS has taken over this database; nothing was changed. Start this node with that version."
        }
    }
}

/// What becomes of commands that there is no room for.
public enum CommandWriterWhenFull: Sendable {
    /// They are refused with ``CommandWriterError/overloaded``: for callers who can tell someone.
    case refuse
    /// They wait for room, behind those who are refused: for long work, which nobody waits for.
    case wait
}
