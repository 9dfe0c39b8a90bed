import Catalogue
import JSON

/// What a projection's table was made by, as `log.projections` keeps it: enough to tell what a later version has to do about it.
struct ProjectionRecord: Sendable, Hashable {
    /// Changes with the table's columns and with the keys that statements rely on.
    var shape: String
    /// The plain indexes: their statements' hashes by name.
    var indexes: [String: String]
    /// How values become what columns hold.
    var rules: Int
    var types: [String: TypeTraits]
    /// The fields that entities may have, those included that were declared once. A type is missing here where nobody knows.
    var fieldsSeen: [String: Set<String>] = [:]
    var state = State.whole

    enum State: String {
        case whole
        /// Rows were written by this version into a table that another one had filled.
        case mixed
        /// The table is there, and lacks the rows of earlier events.
        case unbuilt
    }

    /// What writers have to agree on. Indexes and the past do not count.
    var kept: JSONValue {
        [
            "shape": .string(shape), "rules": .integer(rules),
            "types": .object(JSONObject(types.sorted { $0.key < $1.key }.map { ($0.key, Self.json($0.value)) })),
        ]
    }
}

extension ProjectionRecord {
    var text: String {
        var json = kept
        json["state"] = .string(state.rawValue)
        json["indexes"] = Self.json(indexes)
        json["fields_seen"] = .object(
            JSONObject(
                fieldsSeen.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.sorted().map { .string($0) })) }))
        return String(decoding: json.canonicalBytes, as: UTF8.self)
    }

    /// Nil for what an earlier version noted, and where somebody noted that the tables have to be made anew.
    init?(_ text: String) {
        guard let json = try? JSONValue(parsing: Array(text.utf8)), let shape = json["shape"]?.string,
            let rules = json["rules"]?.integer, let state = json["state"]?.string.flatMap(State.init),
            let indexes = json["indexes"].flatMap(Self.texts), let types = json["types"]?.object,
            let seen = json["fields_seen"]?.object
        else { return nil }
        self.init(shape: shape, indexes: indexes, rules: rules, types: [:], state: state)
        for (name, traits) in types {
            guard let traits = Self.traits(name, traits) else { return nil }
            self.types[name] = traits
        }
        for (name, fields) in seen { fieldsSeen[name] = Set(fields.array?.compactMap(\.string) ?? []) }
    }

    private static func json(_ texts: [String: String]) -> JSONValue {
        .object(JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    private static func texts(_ json: JSONValue) -> [String: String]? {
        json.object.map { Dictionary($0.map { ($0.key, $0.value.string ?? "") }) { first, _ in first } }
    }

    private static func json(_ type: TypeTraits) -> JSONValue {
        [
            "reading": .string(type.reading), "effects": json(type.effects), "name_field": .string(type.nameField),
            "fields": json(type.fields), "closed": .bool(type.isClosed),
        ]
    }

    private static func traits(_ name: String, _ json: JSONValue) -> TypeTraits? {
        guard let reading = json["reading"]?.string, let effects = json["effects"].flatMap(texts),
            let nameField = json["name_field"]?.string, let fields = json["fields"].flatMap(texts),
            let isClosed = json["closed"]?.bool
        else { return nil }
        return TypeTraits(
            name: name, reading: reading, effects: effects, nameField: nameField, fields: fields, isClosed: isClosed)
    }
}
