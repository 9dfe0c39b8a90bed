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
}
