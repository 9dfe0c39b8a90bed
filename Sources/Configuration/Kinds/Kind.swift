internal import Spelling

/// A kind of value that people write as text: how it looks, and how it is read.
///
/// Settings and the options of commands share these, so that a size or a duration is written alike everywhere.
public struct Kind<Value: Sendable>: Sendable {
    /// What to write, for help and for problems: `a whole number from 1 to 64`.
    public let form: String
    /// One word that stands for the value in a usage line: `number`.
    public let placeholder: String
    /// What a shell can offer while the value is typed.
    public let completion: Completion
    /// Whether the text must never be shown: not in problems, not in reports.
    public let isSecret: Bool

    let parse: @Sendable (String, Place) throws(Malformed) -> Value

    /// - Parameter parse: makes the value, or says with ``Malformed`` that the text is no such value.
    public init(
        form: String, placeholder: String, completion: Completion = .nothing, isSecret: Bool = false,
        parse: @escaping @Sendable (String, Place) throws(Malformed) -> Value
    ) {
        self.form = form
        self.placeholder = placeholder
        self.completion = completion
        self.isSecret = isSecret
        self.parse = parse
    }

    /// Reads what someone wrote for `name`; the problem is a sentence that names both and says what is wanted.
    public func read(_ text: String, for name: String, in place: Place) throws(Problem) -> Value {
        do {
            return try parse(text, place)
        } catch {
            let written = isSecret ? "set" : Spelling.quoted(text)
            let hint = error.hint.map { " \($0)" } ?? ""
            throw Problem(.malformed, name, "\(name) is \(written), but must be \(form).\(hint)")
        }
    }
}

/// What a shell can offer while a value is typed.
public enum Completion: Sendable, Equatable {
    case nothing, files
    case words([String])
}

/// A text is not of the wanted kind.
public struct Malformed: Error, Equatable {
    /// A sentence that helps to write it right.
    public let hint: String?

    public init(hint: String? = nil) { self.hint = hint }
}

/// Where relative texts are understood from.
public struct Place: Sendable, Equatable {
    /// What `~` stands for; without it, a path that begins with `~` is refused.
    public let home: String?
    /// Where relative paths begin; without it, they are refused.
    public let folder: String?

    public init(home: String?, folder: String?) {
        self.home = home
        self.folder = folder
    }
}
