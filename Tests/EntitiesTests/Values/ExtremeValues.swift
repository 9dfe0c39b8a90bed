import Catalogue
import JSON
import TestSupport

/// Values at the ends of what people, JSON and PostgreSQL know, for types with every kind of field.
struct ExtremeValues {
    var random: SeededRandom

    /// No field has any bound, so that nothing but the rules for storing keeps a value out.
    static let types = [
        "extreme": """
        {
          "type": "extreme", "collection": "extremes", "title": "Extreme", "plural": "Extremes", "icon": "🧨",
          "description": "Anything.", "version": 1, "name_field": "name",
          "schema": {
            "required": ["name"],
            "properties": {
              "name": { "type": "string", "description": "Its name." },
              "story": { "type": "string", "description": "A text." },
              "word": { "type": "string", "maxLength": 500, "description": "Compared." },
              "address": { "type": "string", "format": "uri", "description": "Compared, without a bound." },
              "count": { "type": "integer", "description": "Whole." },
              "amount": { "type": "number", "description": "Any number." },
              "flag": { "type": "boolean", "description": "Yes or no." },
              "words": { "type": "array", "items": { "type": "string" }, "description": "Words." },
              "numbers": { "type": "array", "items": { "type": "number" }, "description": "Numbers." },
              "flags": { "type": "array", "items": { "type": "boolean" }, "description": "Flags." },
              "rows": { "type": "array", "items": { "type": "array" }, "description": "Arrays of arrays." },
              "parts": { "type": "array", "items": { "type": "object", "additionalProperties": true },
                "description": "Objects." },
              "anything": { "type": "object", "additionalProperties": true, "description": "Anything." }
            }
          },
          "search": { "name": "A", "word": "B", "words": "C", "story": "D" }
        }
        """,
        "extreme_label": """
        {
          "type": "extreme_label", "collection": "extreme-labels", "title": "Extreme label", "plural": "Extreme labels",
          "icon": "🏷️", "description": "One for each name.", "version": 1, "name_field": "name", "unique_by": "name",
          "schema": { "required": ["name"], "properties": {
            "name": { "type": "string", "description": "Its name." },
            "note": { "type": "string", "description": "A text." } } },
          "search": { "name": "A" }
        }
        """,
    ]

    mutating func data(of type: EntityType) -> JSONObject {
        var data = JSONObject()
        for field in type.fields where field.isRequired || Int.random(in: 0..<3, using: &random) == 0 {
            data[field.name] = value(of: field)
        }
        return data
    }

    mutating func value(of field: Field) -> JSONValue {
        if field.schema["format"] != nil { return .string("https://example.com/\(address())") }
        return switch field.kind {
        case .string: .string(field.isText || field.name == "name" ? text() : word())
        case .integer: .number(number(isWhole: true))
        case .number: .number(number(isWhole: false))
        case .boolean: .bool(Bool.random(using: &random))
        case .array: .array(elements(field.elementKind ?? .object))
        case .object: [key(): anything(depth: 0), "deep": nested(Int.random(in: 1...70, using: &random))]
        }
    }

    private mutating func elements(_ kind: Field.Kind) -> [JSONValue] {
        let count = [0, 1, 3, 300].randomElement(using: &random) ?? 1
        return (0..<count).map { _ in
            switch kind {
            case .string: .string(word())
            case .number, .integer: .number(number(isWhole: false))
            case .boolean: .bool(Bool.random(using: &random))
            case .array: .array([anything(depth: 1)])
            case .object: [key(): anything(depth: 1)]
            }
        }
    }

    private mutating func anything(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 7 : 4), using: &random) {
        case 0: .null
        case 1: .bool(true)
        case 2: .number(number(isWhole: false))
        case 3: .string(word())
        case 4: .array([anything(depth: depth + 1), anything(depth: depth + 1)])
        case 5: [key(): anything(depth: depth + 1)]
        default: nested(Int.random(in: 1...70, using: &random))
        }
    }

    private func nested(_ depth: Int) -> JSONValue { (0..<depth).reduce(1 as JSONValue) { inner, _ in [inner] } }

    private mutating func key() -> String {
        [
            "a", "", "a.b", "links", "%", "'", "\"", "\\", "{}", "\0", "é", "e\u{301}",
            String(repeating: "k", count: 3_000),
        ]
        .randomElement(using: &random) ?? "a"
    }

    mutating func number(isWhole: Bool) -> JSONNumber {
        let whole = [
            "0", "-0", "9223372036854775807", "-9223372036854775808", "1e400", "1e401", "12e398", "1e-0", "1e999999999",
            String(repeating: "9", count: 1_000),
        ]
        let broken = [
            "0.1", "1e-400", "1e-401", "-1.50e+3", "0.\(String(repeating: "0", count: 900))1", "1e-999999999",
            "5e-324", "1.7976931348623157e308",
        ]
        return JSONNumber((isWhole ? whole : whole + broken).randomElement(using: &random) ?? "0") ?? 0
    }

    /// What a tag, a relation, a short field or a search may be.
    mutating func word() -> String {
        let words = [
            "", "null", "NULL", "{}", "{null}", "a,b", "\"", "'", "''; --", "\\", "\\'", "a\0b", "\0", "%", "_", "*:*",
            "a & b",
            "!x", "a <-> b", "a | b", "(", ":*", "'a':*", "$1", "${x}", ":name", "İstanbul", "i̇stanbul", "ﬁ", "Straße",
            "e\u{301}", "é", "\u{1112}\u{1161}\u{11AB}", "\u{FEFF}", "\u{FFFE}", "\u{10FFFF}", "\u{202E}abc", "👨‍👩‍👧‍👦",
            "a\u{300}\u{301}\u{302}", "true", "-1", "1e400", "photograph", "photographs", "w00042",
            String(repeating: "x", count: 47), String(repeating: "y", count: 80), String(repeating: "z", count: 81),
            String(repeating: "é", count: 250), String(repeating: "漢", count: 500),
        ]
        return words.randomElement(using: &random) ?? ""
    }

    /// A text as long as an index, a page, a vector and more can just hold, or just not.
    mutating func text() -> String {
        let count =
            [1, 200, 500, 2_047, 2_048, 2_704, 2_705, 8_191, 8_192, 20_000].randomElement(using: &random) ?? 1
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return String(repeating: "a", count: count)
        case 1: return String(repeating: "ä́", count: count)
        case 2: return String(repeating: "word ", count: count)
        case 3: return String(repeating: "\u{1}'\"\\\0", count: count)
        case 4: return (0..<count).map { "photograph\($0)" }.joined(separator: " ")
        // More words than a vector holds.
        case 5: return Self.manyWords
        case 6...9: return (0..<200).map { _ in word() }.joined(separator: " ")
        default: return word()
        }
    }

    static let manyWords = (0..<90_000).map { "word\($0)long" }.joined(separator: " ")

    private mutating func address() -> String {
        String(repeating: "a", count: [0, 1, 2_700, 20_000].randomElement(using: &random) ?? 0)
    }
}
