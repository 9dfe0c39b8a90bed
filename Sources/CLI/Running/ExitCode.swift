/// How a program ends, for scripts.
public struct ExitCode: RawRepresentable, Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// It did what it was asked to.
    public static let done = ExitCode(rawValue: 0)
    /// It was asked well and could not.
    public static let failed = ExitCode(rawValue: 1)
    /// It was asked wrongly: the command line or a setting has to change.
    public static let usage = ExitCode(rawValue: 2)
}
