public import Catalogue
public import JSON
import Postgres
public import System

/// The data of an entity with everything that is derived from them. Made where there is time, outside the writer.
public struct Content: Sendable {
    public let data: JSONObject
    /// The data as the log and the documents hold them.
    public let encoded: [UInt8]
    /// What people call it.
    public let name: String
    /// The scalar fields and lists of scalars, by which lists are filtered and sorted.
    let fields: [UInt8]
    let search: TextSearchVector
    /// Entities that the fields point to.
    public let references: [Reference]

    public struct Reference: Sendable, Hashable {
        public let field: String
        public let target: UUID
    }

    public init(_ data: JSONObject, of type: EntityType) {
        self.data = data
        encoded = JSONValue.object(data).encoded()
        name = data[type.nameField]?.string ?? ""
        fields = Self.fields(data, of: type)
        search = Self.search(data, of: type)
        references = type.references(in: .object(data)).map { Reference(field: $0.field, target: $0.target) }
    }

    private static func fields(_ data: JSONObject, of type: EntityType) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for (name, value) in data {
                guard let field = type.field(name), field.isComparable else { continue }
                writer.field(name, value)
            }
        }
        return writer.bytes
    }

    private static func search(_ data: JSONObject, of type: EntityType) -> TextSearchVector {
        var words: [(word: String, weight: TextSearchVector.Weight)] = []
        for (name, value) in data {
            guard let weight = type.field(name)?.searchWeight else { continue }
            let vectorWeight: TextSearchVector.Weight =
                switch weight {
                case .a: .a
                case .b: .b
                case .c: .c
                case .d: .d
                }
            for text in value.string.map({ [$0] }) ?? value.array?.compactMap(\.string) ?? [] {
                Words.scan(text) { words.append(($0, vectorWeight)) }
            }
        }
        return TextSearchVector(words)
    }

    /// What is wrong with data that someone sent; empty where nothing is.
    public static func problems(in data: JSONObject, of type: EntityType) -> [JSONProblem] {
        let value = JSONValue.object(data)
        return type.problems(in: value) + unstorable(value)
    }

    static func unstorable(_ value: JSONValue) -> [JSONProblem] { unstorable(value, .root) }

    /// PostgreSQL's texts cannot hold U+0000, nor its numbers any exponent, so both are refused at the door.
    private static func unstorable(_ value: JSONValue, _ pointer: JSONPointer) -> [JSONProblem] {
        switch value {
        case .number(let number) where !number.isStorable:
            [JSONProblem(pointer: pointer, keyword: "number", message: "Use an exponent from -400 to 400.")]
        case .string(let text) where text.utf8.contains(0):
            [JSONProblem(pointer: pointer, keyword: "pattern", message: "Leave out the character U+0000.")]
        case .array(let elements):
            elements.enumerated().flatMap { unstorable($0.element, pointer.appending($0.offset)) }
        case .object(let members):
            members.flatMap { member in
                (member.key.utf8.contains(0)
                    ? [JSONProblem(pointer: pointer, keyword: "pattern", message: "Leave out the character U+0000.")]
                    : []) + unstorable(member.value, pointer.appending(member.key))
            }
        default: []
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
