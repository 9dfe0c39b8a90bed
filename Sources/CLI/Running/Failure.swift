public import Configuration

/// Why a command failed, and what to do about it.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    /// A stable word for machines. More may come, so a `switch` needs a `default`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let failed = Code(rawValue: "failed")
        /// The command line is wrong.
        public static let usage = Code(rawValue: "usage")
        /// The settings are wrong.
        public static let configuration = Code(rawValue: "configuration")
        /// The user answered a question with no.
        public static let declined = Code(rawValue: "declined")
        /// The program was asked to stop.
        public static let interrupted = Code(rawValue: "interrupted")
        /// Standard output could not be written.
        public static let outputLost = Code(rawValue: "output_lost")
    }

    public let code: Code
    /// What went wrong, as a sentence.
    public let message: String
    /// What to do next, as a sentence.
    public let advice: String?
    /// The single mistakes, where there are several.
    public let problems: [Problem]
    public let exitCode: ExitCode

    public init(
        _ message: String, advice: String? = nil, code: Code = .failed, problems: [Problem] = [],
        exitCode: ExitCode = .failed
    ) {
        self.message = message
        self.advice = advice
        self.code = code
        self.problems = problems
        self.exitCode = exitCode
    }

    public var description: String {
        ([message] + problems.map { "- \($0)" } + [advice].compactMap { $0 }).joined(separator: "\n")
    }
}

extension Failure {
    static func usage(_ message: String, advice: String? = nil) -> Failure {
        Failure(message, advice: advice, code: .usage, exitCode: .usage)
    }

    /// Whatever a command threw, as a failure.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ConfigurationError:
            let count = error.problems.count
            self.init(
                count == 1 ? "A setting is wrong:" : "\(count) settings are wrong:", code: .configuration,
                problems: error.problems, exitCode: .usage)
        case let problem as Problem: self.init(problem.description, code: .usage, exitCode: .usage)
        case is CancellationError: self.init("Stopped before it was done.", code: .interrupted)
        default: self.init("\(error)")
        }
    }
}
