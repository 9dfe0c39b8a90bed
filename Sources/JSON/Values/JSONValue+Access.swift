extension JSONValue {
    /// How many bytes its compact text has, but for what has to be escaped. Costs far less than writing it.
    public var byteCountEstimate: Int {
        switch self {
        case .null, .bool(true): 4
        case .bool(false): 5
        case .number(let number): number.text.utf8.count
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + $1.byteCountEstimate + 1 } - (elements.isEmpty ? 0 : 1)
        case .object(let object):
            object.reduce(2) { $0 + $1.key.utf8.count + $1.value.byteCountEstimate + 4 } - (object.isEmpty ? 0 : 1)
        }
    }

    /// A whole number of any width.
    public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(JSONNumber(value)) }

    /// The text of a string; nil for every other kind.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// True or false; nil for every other kind.
    public var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The number with all its digits; nil for every other kind.
    public var number: JSONNumber? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The number when it is whole (`3`, `3.0`, `3e2`) and fits an `Int`.
    public var integer: Int? { number?.integer }

    /// The nearest `Double`; nil for other kinds and for numbers beyond its range. The digits may not survive.
    public var double: Double? { number?.double }

    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The member of that name; nil when there is none, or when this is no object.
    ///
    /// Assigning nil removes the member. Assigning to what is no object replaces it by one.
    public subscript(name: String) -> JSONValue? {
        get { object?[name] }
        set {
            var members = object ?? JSONObject()
            // Let go of the shared storage, so that the change happens in place.
            self = .null
            members[name] = newValue
            self = .object(members)
        }
    }

    /// The element at that place; nil when there is none, or when this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// What a reader calls this kind of value, such as "a string".
    var kindWithArticle: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Lets `value["a"]["b"]` reach through what may be absent.
extension JSONValue? {
    public subscript(name: String) -> JSONValue? { self?[name] }
    public subscript(index: Int) -> JSONValue? { self?[index] }
}
