internal import Glibc

/// What the operating system refused, in words: which operation, on what, and why.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The `errno` of the call.
    public let code: Int32
    /// What was tried, such as `open` or `connect`.
    public let operation: String
    /// The path, address or program it was tried on.
    public let subject: String

    public init(code: Int32, operation: String, subject: String = "") {
        self.code = code
        self.operation = operation
        self.subject = subject
    }

    /// Takes the calling thread's `errno`. Call it before anything else can overwrite that.
    public static func last(_ operation: String, _ subject: String = "") -> SystemError {
        SystemError(code: errno, operation: operation, subject: subject)
    }

    /// `ETIMEDOUT`: what was waited for did not come in time.
    public static let timedOut = ETIMEDOUT

    /// Whether there was no room left, on the disk or in what this user may take of it.
    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether the reader of a pipe, or the other end of a connection, has gone.
    public var isBrokenPipe: Bool { code == EPIPE }

    /// The system's own sentence for what went wrong, such as "No such file or directory".
    public var explanation: String { Self.explanation(of: code) }

    public var description: String {
        let place = subject.isEmpty ? "" : " \(subject)"
        return "\(operation)\(place): \(explanation)"
    }

    /// The system's own sentence for an `errno`, such as "No such file or directory".
    public static func explanation(of code: Int32) -> String {
        // Thread-safe in the C library since 2.32.
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
