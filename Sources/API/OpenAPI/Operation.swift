import HTTPServer
import JSON

/// What a route says of itself in the API description, beside its name and summary: it goes into `RouteInfo.details`.
///
/// What every operation has (the problems of any request, the token) is not said here; the description adds it.
struct Operation: Sendable {
    var parameters: [Parameter] = []
    var body: Body?
    var answers: [Answer]
    /// The problems that this operation can end in, besides those that any can.
    var problems: Set<Status> = []

    /// What a request carries.
    struct Body: Sendable {
        let schema: JSONValue
        var example: JSONValue?
    }

    /// What comes back when all went well.
    struct Answer: Sendable {
        var status: Status = .ok
        let summary: String
        /// Nil where nothing comes.
        var schema: JSONValue?
        var mediaType = "application/json"
        /// In which it comes to those that rather accept them.
        var otherMediaTypes: [String] = []
        var headers: [Header] = []
        /// Operations that can go on with the `id` that came.
        var links: [String] = []
    }

    enum Header: String, Sendable, CaseIterable {
        case tag = "ETag", location = "Location", replayed = "Idempotency-Replayed", asOf = "As-Of-Position"

        var summary: String {
            switch self {
            case .tag: "Names the state that came: for `If-None-Match`, and for an entity also for `If-Match`."
            case .location: "Where the new entity is."
            case .asOf: "The position that `as_of` stands for, where it was not given as one."
            case .replayed: "`true` where the request was carried out before under the same `Idempotency-Key`."
            }
        }
    }
}

/// One parameter of an operation.
struct Parameter: Sendable {
    enum Place: String, Sendable { case path, query, header }

    let name: String
    let place: Place
    let summary: String
    let schema: JSONValue
    var isRequired = false
    /// Whether a list is written as one value with commas; otherwise the parameter is repeated.
    var isJoined = false
    /// Whether it is the same wherever it occurs, so that it is described once.
    var isShared = false
}

/// Schemas by the names they have in the description.
enum Schema {
    static func named(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    /// `clothing_item` as schemas are named: `ClothingItem`.
    static func name(of type: String) -> String {
        type.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    static func list(of items: JSONValue, _ more: JSONObject = [:]) -> JSONValue {
        var schema: JSONObject = ["type": "array", "items": items]
        for (name, value) in more { schema[name] = value }
        return .object(schema)
    }

    static func whole(from least: Int, to most: Int? = nil, default fallback: Int? = nil) -> JSONValue {
        var schema: JSONObject = ["type": "integer", "minimum": .integer(least)]
        if let most { schema["maximum"] = .integer(most) }
        if let fallback { schema["default"] = .integer(fallback) }
        return .object(schema)
    }

    static func choice(_ values: [String], default fallback: String? = nil) -> JSONValue {
        var schema: JSONObject = ["type": "string", "enum": .array(values.map { .string($0) })]
        if let fallback { schema["default"] = .string(fallback) }
        return .object(schema)
    }

    /// An object of these members; all are there unless they are named as optional.
    static func object(_ members: JSONObject, optional: Set<String> = []) -> JSONValue {
        let required = members.names.filter { !optional.contains($0) }.map { JSONValue.string($0) }
        var schema: JSONObject = ["type": "object", "properties": .object(members), "additionalProperties": false]
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    static let text: JSONValue = ["type": "string"]
    static let textOrNull: JSONValue = ["type": ["string", "null"]]
    static let flag: JSONValue = ["type": "boolean"]
    static let id: JSONValue = ["type": "string", "format": "uuid"]
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let count = whole(from: 0)
}
