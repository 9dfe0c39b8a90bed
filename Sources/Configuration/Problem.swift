/// One mistake in a setting or on the command line.
public struct Problem: Error, Equatable, CustomStringConvertible {
    /// What kind of mistake it is. More may come, so a `switch` needs a `default`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Not of the wanted kind.
        public static let malformed = Code(rawValue: "malformed")
        /// Needed, and not given.
        public static let missing = Code(rawValue: "missing")
        /// Given, but unknown: probably a typo.
        public static let unknown = Code(rawValue: "unknown")
    }

    public let code: Code
    /// The setting or option it is about.
    public let name: String
    /// The problem and the way out of it, in words. Never holds a secret.
    public let description: String

    public init(_ code: Code, _ name: String, _ description: String) {
        self.code = code
        self.name = name
        self.description = description
    }
}

/// Everything that is wrong with a configuration, at once.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    public let problems: [Problem]

    public init(problems: [Problem]) { self.problems = problems }

    public var description: String {
        let title = problems.count == 1 ? "A setting is wrong:" : "\(problems.count) settings are wrong:"
        return ([title] + problems.map { "- \($0)" }).joined(separator: "\n")
    }
}
