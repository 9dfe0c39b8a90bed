/// How a program ends, for scripts.
///
/// A command that has already said everything may throw one: the program then ends with it and prints nothing more.
public struct ExitCode: RawRepresentable, Sendable, Hashable, Error {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The command succeeded.
    public static let done = ExitCode(rawValue: 0)
    /// The command was understood, and failed.
    public static let failed = ExitCode(rawValue: 1)
    /// The command line or a setting is wrong and has to change.
    public static let usage = ExitCode(rawValue: 2)
    /// The server that was asked about is not running, as `pg_ctl status` and init scripts report it.
    public static let notRunning = ExitCode(rawValue: 3)
    /// The state of the server cannot be determined.
    public static let unknown = ExitCode(rawValue: 4)

    /// What each code means, for manuals.
    static let meanings: [(code: String, meaning: String)] = [
        ("0", "success"),
        ("1", "the command failed, was answered with no, or could not write its output"),
        ("2", "wrong usage: the command line or a setting has to change"),
        ("3", "`status` only: the server is not running"),
        ("4", "`status` only: there is no home, or its state cannot be read"),
        ("128 + n", "stopped by signal n, such as 130 for Ctrl-C"),
    ]
}
