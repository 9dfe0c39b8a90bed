import JSON

/// How people's values become what the columns of projections can hold.
///
/// PostgreSQL refuses some values that JSON allows, and a value that is refused would fail its whole batch, and every rebuild
/// and start after it. So each row goes through these rules, whoever makes it: the writer, a rebuild or a check. Documents are
/// kept as they are.
enum RowRules {
    /// To be raised whenever other rows are made of the same events, words included: the next start then rebuilds them.
    static let version = 2

    /// An entry of a btree index has at most 2,704 bytes. Three such texts fit.
    static let indexedBytesMax = 500
    /// A name is there to be shown and sorted by.
    static let nameBytesMax = 2_000

    /// A text that stands in an index.
    static func indexed(_ text: String) -> String { shortened(text, to: indexedBytesMax) }

    static func name(_ text: String) -> String { shortened(text, to: nameBytesMax) }

    /// Cut between two characters of Unicode, and without U+0000, which no text of PostgreSQL can hold.
    private static func shortened(_ text: String, to bytesMax: Int) -> String {
        let bytes = text.utf8
        if bytes.count <= bytesMax { return withoutNUL(text) }
        var end = bytes.index(bytes.startIndex, offsetBy: bytesMax)
        while bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
        return withoutNUL(String(text[..<end]))
    }

    private static func withoutNUL(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    /// A value that filters and orders compare; nil where PostgreSQL knows no such number.
    static func comparable(_ value: JSONValue) -> JSONValue? {
        if value.isStorable { return value }
        switch value {
        case .string(let text): return .string(withoutNUL(text))
        case .array(let elements): return .array(elements.compactMap(comparable))
        case .object(let members):
            var kept = JSONObject()
            for (name, member) in members { kept[withoutNUL(name)] = comparable(member) }
            return .object(kept)
        default: return nil
        }
    }
}

extension JSONValue {
    /// Whether `jsonb` holds it.
    fileprivate var isStorable: Bool {
        switch self {
        case .number(let number): number.isStorable
        case .string(let text): !text.utf8.contains(0)
        case .array(let elements): elements.allSatisfy(\.isStorable)
        case .object(let members): members.allSatisfy { !$0.key.utf8.contains(0) && $0.value.isStorable }
        default: true
        }
    }
}

extension JSONNumber {
    /// Whether PostgreSQL's `numeric` holds it, with room to compute.
    var isStorable: Bool {
        guard let mark = text.utf8.lastIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return true }
        return Int(text[text.utf8.index(after: mark)...]).map { -400...400 ~= $0 } ?? false
    }
}
