internal import Spelling

/// The values of all settings, read and checked once at start.
///
///     let settings = try Settings(environment, declaring: [ServerSettings.listen, ServerSettings.home])
///     let address = settings[ServerSettings.listen]
public struct Settings: Sendable {
    private struct Entry: Sendable {
        let declaration: SettingDeclaration
        let value: (any Sendable)?
        /// What the environment says, if it says something.
        let text: String?

        var line: Line {
            var (fallback, whenUnset): (String?, String?) = (nil, nil)
            switch declaration.fallback {
            case .text(let text): fallback = text
            case .nothing(let words): whenUnset = words
            case .refusal: whenUnset = "required"
            }
            let written = (text ?? fallback).map { declaration.isSecret ? "[set]" : value as? String ?? $0 }
            return Line(
                name: declaration.name, value: written, origin: text == nil ? .default : .environment,
                whenUnset: written == nil ? whenUnset : nil)
        }
    }

    private let entries: [Entry]
    private let indexes: [String: Int]

    /// - Parameters:
    ///   - environment: the variables; the process is never asked.
    ///   - declaring: every setting there is.
    ///   - prefix: a variable that begins so and is not declared is a problem: probably a typo, and a typo in a
    ///     setting that protects something must not pass in silence.
    /// - Throws: every problem at once.
    public init(
        _ environment: [String: String], declaring settings: [any AnySetting], prefix: String = "LIFEOS_"
    ) throws(ConfigurationError) {
        let found = Self.read(environment, settings, prefix)
        guard found.problems.isEmpty else { throw ConfigurationError(problems: found.problems) }
        (entries, indexes) = (found.entries, found.indexes)
    }

    /// Every setting in the order of its declaration, and everything that is wrong: for people who look for a mistake in
    /// their settings. Secrets are hidden.
    public static func report(
        on environment: [String: String], declaring settings: [any AnySetting], prefix: String = "LIFEOS_"
    ) -> (lines: [Line], problems: [Problem]) {
        let found = read(environment, settings, prefix)
        return (found.entries.map(\.line), found.problems)
    }

    private static func read(
        _ environment: [String: String], _ settings: [any AnySetting], _ prefix: String
    ) -> (entries: [Entry], indexes: [String: Int], problems: [Problem]) {
        let place = Place(home: environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }, folder: nil)
        var entries: [Entry] = []
        var indexes: [String: Int] = [:]
        var problems: [Problem] = []
        for declaration in settings.map(\.declaration) {
            precondition(indexes[declaration.name] == nil, "the setting \(declaration.name) is declared twice")
            indexes[declaration.name] = entries.count
            let text = environment[declaration.name].flatMap { $0.isEmpty ? nil : $0 }
            var value: (any Sendable)?
            do {
                value = try Self.value(declaration, text, place)
            } catch {
                problems.append(error)
            }
            entries.append(Entry(declaration: declaration, value: value, text: text))
        }
        problems += strangers(in: environment, besides: indexes, prefix: prefix)
        return (entries, indexes, problems)
    }

    private static func value(
        _ declaration: SettingDeclaration, _ text: String?, _ place: Place
    ) throws(Problem) -> (any Sendable)? {
        if let text { return try declaration.read(text, place) }
        switch declaration.fallback {
        case .text(let fallback): return try declaration.read(fallback, place)
        case .nothing: return nil
        case .refusal:
            let sentence = "\(declaration.name) is not set, but must be \(declaration.form)."
            throw Problem(.missing, declaration.name, sentence)
        }
    }

    /// Variables that look like settings and are none. Only the part after the prefix is compared: with the prefix,
    /// everything would resemble everything.
    private static func strangers(
        in environment: [String: String], besides indexes: [String: Int], prefix: String
    ) -> [Problem] {
        let known = indexes.keys.filter { $0.hasPrefix(prefix) }.sorted()
        let endings = known.map { String($0.dropFirst(prefix.count)) }
        return environment.keys.filter { $0.hasPrefix(prefix) && indexes[$0] == nil }.sorted().map { name in
            let meant = Spelling.nearest(to: String(name.dropFirst(prefix.count)), among: endings)
            let hint = meant.map { " Did you mean \(prefix)\($0)?" } ?? " Unset it."
            return Problem(.unknown, name, "\(name) is not a setting.\(hint)")
        }
    }

    /// The setting's value. Reading one that was not declared is a mistake in the program.
    public subscript<Value>(_ setting: Setting<Value>) -> Value {
        let name = setting.declaration.name
        guard let index = indexes[name] else { preconditionFailure("the setting \(name) is not declared") }
        let value: (any Sendable)? = entries[index].value
        // Only an optional setting has no value, and its type then says so.
        if let value = value as? Value { return value }
        preconditionFailure("the setting \(name) is declared with another type")
    }

    /// What holds, for people to look at.
    public struct Line: Sendable, Equatable {
        /// Where the value comes from.
        public enum Origin: String, Sendable { case environment, `default` }

        public let name: String
        /// What was written, with paths made absolute; `[set]` for a secret, `nil` where there is no value.
        public let value: String?
        public let origin: Origin
        /// What happens because there is no value; `nil` where there is one.
        public let whenUnset: String?

        public init(name: String, value: String?, origin: Origin, whenUnset: String? = nil) {
            self.name = name
            self.value = value
            self.origin = origin
            self.whenUnset = whenUnset
        }
    }

    /// Every setting in the order of its declaration, with secrets hidden.
    public var lines: [Line] { entries.map(\.line) }
}

extension Settings: CustomReflectable {
    /// Hides what was written, so that a dump of the settings gives no secret away.
    public var customMirror: Mirror { Mirror(self, children: lines.map { ($0.name, $0.value as Any) }) }
}
