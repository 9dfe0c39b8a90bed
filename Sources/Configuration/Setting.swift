/// A named value that the environment gives, declared once.
///
///     static let listen = Setting("LIFEOS_LISTEN", .listenAddress, default: "127.0.0.1:8080", "Where it answers.")
///
/// An empty variable counts as one that is not set, since that is how containers and service files unset things.
public struct Setting<Value: Sendable>: AnySetting {
    public let declaration: SettingDeclaration

    /// A setting that has a value even when it is not set.
    ///
    /// - Parameters:
    ///   - default: written as a person would write it, and read by the same kind.
    ///   - meaning: a sentence for help.
    ///   - hazard: what to beware of, if anything.
    public init(
        _ name: String, _ kind: Kind<Value>, default: String, _ meaning: String, hazard: String? = nil
    ) {
        declaration = SettingDeclaration(name, kind, fallback: .text(`default`), meaning, hazard) { $0 }
    }

    /// A setting that nothing works without.
    public init(required name: String, _ kind: Kind<Value>, _ meaning: String, hazard: String? = nil) {
        declaration = SettingDeclaration(name, kind, fallback: .refusal, meaning, hazard) { $0 }
    }

    /// A setting that is `nil` when it is not set.
    ///
    /// - Parameter whenUnset: what then happens, for help: `a private PostgreSQL in LIFEOS_HOME`.
    public init<Wrapped>(
        _ name: String, _ kind: Kind<Wrapped>, whenUnset: String, _ meaning: String, hazard: String? = nil
    ) where Value == Wrapped? {
        declaration = SettingDeclaration(name, kind, fallback: .nothing(whenUnset), meaning, hazard) {
            Optional.some($0)
        }
    }
}

/// A setting of any type, so that a program can list them.
public protocol AnySetting: Sendable {
    var declaration: SettingDeclaration { get }
}

/// What is known of a setting besides its type.
public struct SettingDeclaration: Sendable {
    /// What applies when it is not set.
    public enum Fallback: Sendable, Equatable {
        case text(String)
        /// Nothing, and these words say what then happens.
        case nothing(String)
        /// It has to be set.
        case refusal
    }

    public let name: String
    public let meaning: String
    public let hazard: String?
    /// How the value is written.
    public let form: String
    public let fallback: Fallback
    public let isSecret: Bool
    let read: @Sendable (String, Place) throws(Problem) -> any Sendable

    init<Value, Kept: Sendable>(
        _ name: String, _ kind: Kind<Value>, fallback: Fallback, _ meaning: String, _ hazard: String?,
        keep: @escaping @Sendable (Value) -> Kept
    ) {
        self.name = name
        self.meaning = meaning
        self.hazard = hazard
        self.fallback = fallback
        form = kind.form
        isSecret = kind.isSecret
        read = { text, place throws(Problem) in keep(try kind.read(text, for: name, in: place)) }
    }

    /// The default as help shows it.
    public var shownFallback: String {
        switch fallback {
        case .text(let text): isSecret ? "[set]" : text
        case .nothing(let words): words
        case .refusal: "required"
        }
    }

    /// All of it as sentences, for help: the meaning, the hazard, how to write it and the default.
    public var explanation: String {
        let sentences = [meaning, hazard, "\(form.prefix(1).uppercased() + form.dropFirst()).", fallbackSentence]
        return sentences.compactMap { $0 }.joined(separator: " ")
    }

    private var fallbackSentence: String {
        switch fallback {
        case .text: "Default: \(shownFallback)."
        case .nothing(let words): "When unset: \(words)."
        case .refusal: "Required."
        }
    }
}
