internal import Glibc
internal import System

/// Everything that a program takes from its environment, passed in so that tests can replace it.
public struct Surroundings: Sendable {
    public var environment: [String: String]
    /// The absolute path that relative ones begin at.
    public var folder: String
    public var terminal: any Terminal
    /// Measures progress and time-outs.
    public var clock: any Clock<Duration>
    public var interruption: Interruption

    public init(
        environment: [String: String], folder: String, terminal: any Terminal,
        clock: any Clock<Duration> = ContinuousClock(), interruption: Interruption = Interruption()
    ) {
        self.environment = environment
        self.folder = folder
        self.terminal = terminal
        self.clock = clock
        self.interruption = interruption
    }

    /// What this process was started with.
    public static func ofThisProcess() -> Surroundings {
        Surroundings(environment: processEnvironment(), folder: workingFolder(), terminal: ProcessTerminal())
    }

    private static func processEnvironment() -> [String: String] {
        var environment: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let parts = unsafe String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // The first of two wins, as `getenv` has it.
            if parts.count == 2, environment[String(parts[0])] == nil {
                environment[String(parts[0])] = String(parts[1])
            }
            unsafe entry += 1
        }
        return environment
    }

    private static func workingFolder() -> String {
        // The folder may have been removed under our feet; relative paths then begin at the root.
        guard let path = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}
