internal import Configuration

/// An option or argument of any type, so that a command can list them.
public protocol Parameter: Sendable {
    var declaration: ParameterDeclaration { get }
}

/// What is known of an option or argument besides its type.
public struct ParameterDeclaration: Sendable {
    /// What may be left out, and what may come again.
    enum Arity: Sendable, Equatable {
        case flag
        case optional
        case required
        case repeated(countMin: Int)
    }

    let name: String
    let short: Character?
    let isOption: Bool
    let arity: Arity
    let meaning: String
    /// One word for the value in usage lines.
    let placeholder: String
    let fallback: String?
    /// The variable that stands in for an option that is not given.
    let environment: String?
    let completion: Completion
    /// Makes the value of the texts given, or of none.
    let read: @Sendable ([String], Place) throws(Problem) -> any Sendable

    /// How it is called in sentences: `--to` or `<name>`.
    var label: String { isOption ? "--\(name)" : "<\(name)>" }

    /// How it looks in a usage line: `--to <folder>`, `[<name>...]`.
    var usage: String {
        let value = isOption ? (arity == .flag ? "--\(name)" : "--\(name) <\(placeholder)>") : "<\(name)>"
        switch arity {
        case .required: return value
        case .repeated(let countMin): return countMin > 0 ? "\(value)..." : "[\(value)...]"
        case .flag, .optional: return "[\(value)]"
        }
    }

    var takesValue: Bool { arity != .flag }

    var isRepeated: Bool { if case .repeated = arity { true } else { false } }
}

extension ParameterDeclaration {
    /// A parameter of one value, or of none where `keep` can do without.
    static func single<Wrapped, Value: Sendable>(
        _ name: String, short: Character?, isOption: Bool, isRequired: Bool, _ kind: Kind<Wrapped>, _ meaning: String,
        placeholder: String?, fallback: String?, environment: String?,
        keep: @escaping @Sendable (Wrapped?) -> Value?
    ) -> ParameterDeclaration {
        let label = isOption ? "--\(name)" : "<\(name)>"
        return ParameterDeclaration(
            name: name, short: short, isOption: isOption, arity: isRequired ? .required : .optional, meaning: meaning,
            placeholder: placeholder ?? kind.placeholder, fallback: fallback, environment: environment,
            completion: kind.completion
        ) { texts, place throws(Problem) in
            var value: Wrapped?
            if let text = texts.last ?? fallback { value = try kind.read(text, for: label, in: place) }
            guard let kept = keep(value) else { throw .missing(label, wanting: kind.form) }
            return kept
        }
    }

    /// A parameter that may be given again and again.
    static func several<Item>(
        _ name: String, short: Character?, isOption: Bool, countMin: Int, _ kind: Kind<Item>, _ meaning: String,
        placeholder: String?
    ) -> ParameterDeclaration {
        let label = isOption ? "--\(name)" : "<\(name)>"
        return ParameterDeclaration(
            name: name, short: short, isOption: isOption, arity: .repeated(countMin: countMin), meaning: meaning,
            placeholder: placeholder ?? kind.placeholder, fallback: nil, environment: nil, completion: kind.completion
        ) { texts, place throws(Problem) in
            guard texts.count >= countMin else { throw .missing(label, wanting: kind.form) }
            var items: [Item] = []
            for text in texts { items.append(try kind.read(text, for: label, in: place)) }
            return items
        }
    }
}

extension Problem {
    fileprivate static func missing(_ label: String, wanting form: String) -> Problem {
        Problem(.missing, label, "\(label) is missing; it must be \(form).")
    }
}
