/// The place of a value within a document (RFC 6901): `/data/tags/0`; the empty pointer is the whole document.
public struct JSONPointer: Hashable, Sendable {
    /// The names and indices on the way down, unescaped.
    public var tokens: [String]

    /// The whole document.
    public static let root = JSONPointer([])

    public init(_ tokens: [String]) { self.tokens = tokens }

    /// Reads `/a/b~1c`; nil when the text neither is empty nor begins with a slash, or has a `~` not of `~0` or `~1`.
    public init?(parsing text: String) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        // By scalars: as a `Character`, a slash would take a combining accent behind it along.
        let parts = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
        guard parts[0].isEmpty else { return nil }
        tokens = []
        for var part in parts.dropFirst() {
            guard let token = Self.unescape(&part) else { return nil }
            tokens.append(token)
        }
    }

    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }
    public func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    private static func unescape(_ part: inout Substring.UnicodeScalarView) -> String? {
        var token = ""
        while let scalar = part.popFirst() {
            guard scalar == "~" else {
                token.unicodeScalars.append(scalar)
                continue
            }
            switch part.popFirst() {
            case "0": token += "~"
            case "1": token += "/"
            default: return nil
            }
        }
        return token
    }
}

extension JSONPointer: CustomStringConvertible, JSONEncodable {
    public var description: String {
        var text = ""
        for token in tokens {
            text += "/"
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }

    public func encode(into writer: inout JSONWriter) { writer.write(description) }
}

extension JSONValue {
    /// The value at that place; nil when the document has no such place.
    public subscript(pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            let next: JSONValue? =
                switch value {
                case .object(let object): object[token]
                case .array: Self.index(token).flatMap { value[$0] }
                default: nil
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    /// An array's index: digits alone, without a leading zero. "-", the place behind the last, holds no value.
    private static func index(_ token: String) -> Int? {
        guard let index = Int(token), String(index) == token, index >= 0 else { return nil }
        return index
    }
}
