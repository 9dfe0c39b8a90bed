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
                guard let field = type.field(name), field.isComparable, let value = RowRules.comparable(value)
                else { continue }
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
        return type.problems(in: value) + StorableData.problems(in: value)
    }
}
