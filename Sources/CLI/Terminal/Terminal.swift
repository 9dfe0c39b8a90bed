public import System

/// The three standard streams of a program. A protocol, so that tests can replace them.
public protocol Terminal: Sendable {
    /// Whether a person sits at the stream's other end.
    func isInteractive(_ stream: StandardStream) -> Bool
    /// How many characters fit a line, if known.
    var columns: Int? { get }
    /// Writes all of it to `output` or `errors`; returns once the system has taken it.
    func write(_ text: String, to stream: StandardStream) throws(SystemError)
    /// The next line of `input` without its end, or `nil` at the end. Blocks the thread until it has come.
    func readLine() -> String?
}

/// One of the streams every program has.
public enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case errors = 2
}
