internal import Spelling
public import System

extension Kind where Value == String {
    /// Any text, the empty one included.
    public static var text: Kind { Kind(form: "a text", placeholder: "text") { text, _ in text } }

    /// One of these words.
    public static func choice(_ words: [String]) -> Kind {
        Kind(form: oneOf(words), placeholder: "word", completion: .words(words)) { text, _ throws(Malformed) in
            guard words.contains(text) else { throw .resembling(text, among: words) }
            return text
        }
    }

    /// The path of a file or folder, made absolute: `~` is the home folder, and `.` and `..` are resolved by name.
    /// A setting has to be absolute or begin with `~/`, since a server's working folder is an accident.
    public static var path: Kind {
        Kind(form: "a path", placeholder: "path", completion: .files) { text, place throws(Malformed) in
            try absolute(text, in: place)
        }
    }

    private static func absolute(_ text: String, in place: Place) throws(Malformed) -> String {
        guard !text.utf8.contains(0), !text.isEmpty else { throw Malformed() }
        var base = ""
        var rest = text[...]
        if text == "~" || text.hasPrefix("~/") {
            guard let home = place.home else {
                throw Malformed(hint: "HOME is not set, so ~ cannot be resolved: write the absolute path.")
            }
            base = home
            rest = text.dropFirst(1)
        } else if !text.hasPrefix("/") {
            guard let folder = place.folder else {
                throw Malformed(hint: "Write the absolute path, beginning with / or ~/.")
            }
            base = folder
        }
        var parts: [Substring] = []
        for part in base.split(separator: "/") + rest.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}

extension Kind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of an enumeration's words: `.choice(of: Format.self)`.
    public static func choice(of type: Value.Type) -> Kind {
        let words = type.allCases.map(\.rawValue)
        return Kind(form: oneOf(words), placeholder: "word", completion: .words(words)) { text, _ throws(Malformed) in
            guard let value = Value(rawValue: text) else { throw .resembling(text, among: words) }
            return value
        }
    }
}

extension Kind where Value == Bool {
    /// `on` or `off`; `true`, `yes` and `1`, `false`, `no` and `0` mean the same.
    public static var onOff: Kind {
        Kind(form: "on or off", placeholder: "on|off", completion: .words(["on", "off"])) { text, _ throws(Malformed) in
            switch text.lowercased() {
            case "on", "true", "yes", "1": return true
            case "off", "false", "no", "0": return false
            default: throw Malformed()
            }
        }
    }
}

extension Kind where Value == Secret {
    /// A text that is never shown. What is shorter than `lengthMin` characters is refused: it could be guessed.
    public static func secret(lengthMin: Int = 1) -> Kind {
        let form = lengthMin > 1 ? "a secret of at least \(lengthMin) characters" : "a secret"
        return Kind(form: form, placeholder: "secret", isSecret: true) { text, _ throws(Malformed) in
            guard text.count >= lengthMin else { throw Malformed() }
            return Secret(text)
        }
    }
}

extension Kind where Value == Timestamp {
    /// A moment as RFC 3339 writes it, with any offset.
    public static var time: Kind {
        Kind(form: "a time such as 2026-11-21T06:10:34Z", placeholder: "time") { text, _ throws(Malformed) in
            guard let time = Timestamp(text) else { throw Malformed() }
            return time
        }
    }
}

extension Kind {
    /// Several values with `separator` between them; spaces around each are dropped, and so are empty ones.
    public static func list<Item>(_ item: Kind<Item>, separator: Character = ",") -> Kind where Value == [Item] {
        let form = "a list, divided by \(Spelling.quoted(String(separator))), of which each is \(item.form)"
        return Kind(
            form: form, placeholder: item.placeholder, completion: item.completion, isSecret: item.isSecret
        ) { text, place throws(Malformed) in
            var values: [Item] = []
            for part in text.split(separator: separator) {
                let trimmed = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
                if !trimmed.isEmpty { values.append(try item.parse(String(trimmed), place)) }
            }
            return values
        }
    }
}

extension Malformed {
    static func resembling(_ text: String, among words: [String]) -> Malformed {
        Malformed(hint: Spelling.nearest(to: text, among: words).map { "Did you mean \($0)?" })
    }
}

private func oneOf(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.joined() }
    return "\(words.dropLast().joined(separator: ", ")) or \(last)"
}
