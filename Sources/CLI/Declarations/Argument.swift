public import Configuration

/// A value that a command takes by its place, such as the name in `lifeos user add <name>`.
public struct Argument<Value: Sendable>: Parameter {
    public let declaration: ParameterDeclaration

    /// An argument that has to be given.
    public init(_ name: String, _ kind: Kind<Value>, _ meaning: String) {
        declaration = .single(
            name, short: nil, isOption: false, isRequired: true, kind, meaning, placeholder: nil, fallback: nil,
            environment: nil
        ) { $0 }
    }

    /// An argument that may be left out, and then has this value.
    public init(_ name: String, _ kind: Kind<Value>, default: String, _ meaning: String) {
        declaration = .single(
            name, short: nil, isOption: false, isRequired: false, kind, meaning, placeholder: nil,
            fallback: `default`, environment: nil
        ) { $0 }
    }

    /// An argument that may be left out, and then is `nil`.
    public init<Wrapped>(optional name: String, _ kind: Kind<Wrapped>, _ meaning: String) where Value == Wrapped? {
        declaration = .single(
            name, short: nil, isOption: false, isRequired: false, kind, meaning, placeholder: nil, fallback: nil,
            environment: nil
        ) { Optional.some($0) }
    }

    /// All the arguments that are left. It has to be the last.
    public init<Item>(
        rest name: String, countMin: Int = 0, _ kind: Kind<Item>, _ meaning: String
    ) where Value == [Item] {
        declaration = .several(
            name, short: nil, isOption: false, countMin: countMin, kind, meaning, placeholder: nil)
    }
}
