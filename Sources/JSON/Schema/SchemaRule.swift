/// One rule of a compiled schema. Other schemas are referred to by their number.
enum SchemaRule: Sendable {
    typealias Node = Int

    /// What the schema `false` says.
    case never
    case type(Kinds)
    case among([JSONValue], keyword: String)

    case minimum(JSONNumber)
    case maximum(JSONNumber)
    case exclusiveMinimum(JSONNumber)
    case exclusiveMaximum(JSONNumber)
    case multipleOf(JSONNumber, JSONNumber.Decimal)

    case minLength(Int)
    case maxLength(Int)
    case pattern(Pattern)
    case format(Format)

    case properties(Properties)
    case propertyNames(Node)
    case required([String])
    case minProperties(Int)
    case maxProperties(Int)

    case items(prefix: [Node], rest: Node?)
    case minItems(Int)
    case maxItems(Int)
    case uniqueItems

    case allOf([Node])
    case anyOf([Node])
    case oneOf([Node])
    case not(Node)

    /// The keywords that look at a member by its name belong together: `additionalProperties` is about the rest.
    struct Properties: Sendable {
        var named: [MemberName: Node] = [:]
        var patterns: [(pattern: Pattern, node: Node)] = []
        var rest: Rest = .allowed
        /// In the order written, for the message about an unknown one.
        var names: [String] = []

        enum Rest: Sendable {
            case allowed, refused
            case node(Node)
        }
    }

    /// The schemas this rule applies to the same value rather than to a part of it.
    var inPlace: [Node] {
        switch self {
        case .allOf(let nodes), .anyOf(let nodes), .oneOf(let nodes): nodes
        case .not(let node): [node]
        default: []
        }
    }

    /// The kinds of value that `type` lists.
    struct Kinds: OptionSet, Sendable {
        let rawValue: UInt8

        static let null = Kinds(rawValue: 1)
        static let boolean = Kinds(rawValue: 2)
        static let integer = Kinds(rawValue: 4)
        static let number = Kinds(rawValue: 8)
        static let string = Kinds(rawValue: 16)
        static let array = Kinds(rawValue: 32)
        static let object = Kinds(rawValue: 64)

        static let names: [(name: String, kind: Kinds, withArticle: String)] = [
            ("null", .null, "null"), ("boolean", .boolean, "true or false"), ("integer", .integer, "a whole number"),
            ("number", .number, "a number"), ("string", .string, "a string"), ("array", .array, "an array"),
            ("object", .object, "an object"),
        ]

        /// Such as "a string or null".
        var description: String {
            Self.names.filter { contains($0.kind) }.map(\.withArticle).joined(separator: " or ")
        }

        func allow(_ value: JSONValue) -> Bool {
            switch value {
            case .null: contains(.null)
            case .bool: contains(.boolean)
            case .number(let number): contains(.number) || contains(.integer) && number.isWhole
            case .string: contains(.string)
            case .array: contains(.array)
            case .object: contains(.object)
            }
        }
    }
}
