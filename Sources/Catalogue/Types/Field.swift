public import JSON

/// One field of an entity's data.
public struct Field: Sendable {
    public let name: String
    public let kind: Kind
    /// What an array's elements are; nil for what is no array, and for arrays of anything.
    public let elementKind: Kind?
    /// Whether every entity of the type has it.
    public let isRequired: Bool
    /// How much a hit in this field counts in a search; nil when it is not searched.
    public let searchWeight: SearchWeight?
    /// What the field refers to, when it is an id or an array of ids. References inside of objects are in the type's
    /// `references` only.
    public let reference: Reference?
    /// As written in the file.
    public let schema: JSONValue
    /// A sentence for people.
    public let summary: String

    /// Whether the value, or each of an array, is a text for reading and searching: longer than anybody compares.
    public let isText: Bool

    /// Whether the value is a single one.
    public var isScalar: Bool { kind != .object && kind != .array }

    /// Whether lists can be sorted by it.
    public var isSortable: Bool { isScalar && !isText }

    /// Whether lists can be filtered by it.
    public var isComparable: Bool { !isText && (isScalar || (elementKind ?? .object) != .object) }

    /// A string that may be longer than this is a text.
    public static let comparedLengthMax = 500

    static func isText(_ schema: JSONValue) -> Bool {
        switch schema["type"]?.string {
        case "string"?:
            schema["enum"] == nil && schema["format"] == nil
                && (schema["maxLength"]?.integer ?? .max) > comparedLengthMax
        case "array"?: (schema["items"]["maxLength"]?.integer ?? 0) > comparedLengthMax
        default: false
        }
    }

    public enum Kind: String, Sendable, CaseIterable {
        case string, integer, number, boolean, object, array
    }
}

/// How much a hit counts in a search: A most, D least, as PostgreSQL has it.
public enum SearchWeight: String, Sendable, CaseIterable {
    case a = "A"
    case b = "B"
    case c = "C"
    case d = "D"
}
