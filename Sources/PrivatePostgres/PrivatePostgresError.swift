internal import System

/// Why the private PostgreSQL cannot be had, and what to do about it.
public struct PrivatePostgresError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is; more kinds may come.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// Another process runs the server of this home.
        public static let homeInUse = Code(rawValue: "home_in_use")
        /// The home cannot be made, read or written.
        public static let homeUnusable = Code(rawValue: "home_unusable")
        /// There is no home at this path, or no database in it, and none was to be made.
        public static let homeMissing = Code(rawValue: "home_missing")
        /// The home's path is too long for a Unix socket.
        public static let pathTooLong = Code(rawValue: "path_too_long")
        /// No PostgreSQL is installed, or only ones that are too old, or a part is missing.
        public static let notInstalled = Code(rawValue: "not_installed")
        /// The data were made by another major version, which is not installed.
        public static let versionMismatch = Code(rawValue: "version_mismatch")
        /// There is no unprivileged user to run the server as.
        public static let noAccount = Code(rawValue: "no_account")
        /// The data folder holds something else, or belongs to somebody else.
        public static let dataUnusable = Code(rawValue: "data_unusable")
        /// The server, or the making of its data, ended with an error.
        public static let startFailed = Code(rawValue: "start_failed")
        /// The server did not get ready, or a former one did not end, in time.
        public static let timedOut = Code(rawValue: "timed_out")
    }

    public let code: Code
    /// What is wrong.
    public let message: String
    /// What to do, as a sentence.
    public let advice: String
    /// The last lines that PostgreSQL wrote, where there are any.
    public let log: [String]

    init(_ code: Code, _ message: String, advice: String, log: [String] = []) {
        self.code = code
        self.message = message
        self.advice = advice
        self.log = log
    }

    /// Nothing has been kept at this path yet.
    public static func homeMissing(_ home: String) -> PrivatePostgresError {
        let what = Files.isFolder(home) ? "there is no database in the home \(home)" : "there is no home at \(home)"
        return PrivatePostgresError(
            .homeMissing, what,
            advice: "Set LIFEOS_HOME to the folder that holds your data, or create a new home there with: lifeos serve")
    }

    public var description: String {
        let lines = log.isEmpty ? "" : "\nPostgreSQL said:\n" + log.map { "  \($0)" }.joined(separator: "\n")
        return "\(message). \(advice)\(lines)"
    }
}
