public import Configuration

/// A named choice of a command, such as `--to <folder>`. Reading it gives its type:
///
///     static let folder = Option("to", short: "t", .path, default: ".", "Where the backup goes.")
///     static let isFull = Option(flag: "full", "Copies everything.")
///     … { run in try write(to: run[folder], full: run[isFull]) }
public struct Option<Value: Sendable>: Parameter {
    public let declaration: ParameterDeclaration

    /// An option that has a value even when it is not given.
    ///
    /// - Parameters:
    ///   - default: written as a person would write it.
    ///   - placeholder: one word for the value in help; the kind's own when left out.
    ///   - environment: a variable that is read when the option is not given.
    ///   - meaning: a sentence for help.
    public init(
        _ name: String, short: Character? = nil, _ kind: Kind<Value>, default: String, placeholder: String? = nil,
        environment: String? = nil, _ meaning: String
    ) {
        declaration = .single(
            name, short: short, isOption: true, isRequired: false, kind, meaning, placeholder: placeholder,
            fallback: `default`, environment: environment
        ) { $0 }
    }

    /// An option that is `nil` when it is not given.
    public init<Wrapped>(
        _ name: String, short: Character? = nil, _ kind: Kind<Wrapped>, placeholder: String? = nil,
        environment: String? = nil, _ meaning: String
    ) where Value == Wrapped? {
        declaration = .single(
            name, short: short, isOption: true, isRequired: false, kind, meaning, placeholder: placeholder,
            fallback: nil, environment: environment
        ) { Optional.some($0) }
    }

    /// An option that has to be given.
    public init(
        required name: String, short: Character? = nil, _ kind: Kind<Value>, placeholder: String? = nil,
        environment: String? = nil, _ meaning: String
    ) {
        declaration = .single(
            name, short: short, isOption: true, isRequired: true, kind, meaning, placeholder: placeholder,
            fallback: nil, environment: environment
        ) { $0 }
    }

    /// An option that may be given any number of times.
    public init<Item>(
        repeated name: String, short: Character? = nil, _ kind: Kind<Item>, placeholder: String? = nil,
        _ meaning: String
    ) where Value == [Item] {
        declaration = .several(
            name, short: short, isOption: true, countMin: 0, kind, meaning, placeholder: placeholder)
    }
}

extension Option where Value == Bool {
    /// An option that is given or not, and takes no value.
    public init(flag name: String, short: Character? = nil, _ meaning: String) {
        declaration = ParameterDeclaration(
            name: name, short: short, isOption: true, arity: .flag, meaning: meaning, placeholder: "", fallback: nil,
            environment: nil, completion: .nothing
        ) { texts, _ in !texts.isEmpty }
    }
}
