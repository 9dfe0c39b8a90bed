public import System

/// One invocation of a command: its arguments and its output.
public struct Invocation: Sendable {
    public let output: Output
    public let environment: [String: String]
    /// The absolute path that relative ones begin at.
    public let folder: String
    /// Measures time-outs.
    public let clock: any Clock<Duration>
    let application: Application
    private let values: [String: any Sendable]
    private let interruption: Interruption

    init(
        _ values: [String: any Sendable], of application: Application, in surroundings: Surroundings, output: Output
    ) {
        self.values = values
        self.application = application
        self.output = output
        environment = surroundings.environment
        folder = surroundings.folder
        clock = surroundings.clock
        interruption = surroundings.interruption
    }

    /// The option's value. Reading one that the command does not declare is a mistake in the program.
    public subscript<Value>(_ option: Option<Value>) -> Value { value(of: option.declaration) }

    /// The argument's value. Reading one that the command does not declare is a mistake in the program.
    public subscript<Value>(_ argument: Argument<Value>) -> Value { value(of: argument.declaration) }

    private func value<Value>(of parameter: ParameterDeclaration) -> Value {
        if let value = values[parameter.label] as? Value { return value }
        preconditionFailure("the command does not declare \(parameter.label) with this type")
    }

    /// Waits until somebody asks the program to stop, for commands that run until then and stop cleanly.
    /// While a command waits here, the signal does not cancel it.
    public func interrupted() async throws(CancellationError) -> Signal { try await interruption.signal() }
}
