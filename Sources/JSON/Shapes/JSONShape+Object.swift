/// One member of an object that a shape reads.
public struct JSONField<Value>: Sendable {
    let name: String
    let schema: JSONValue
    let isRequired: Bool
    let inspect: @Sendable (JSONValue?, inout Inspection) -> Value?

    /// A member that has to be there.
    public static func required(_ name: String, _ shape: JSONShape<Value>) -> JSONField<Value> {
        JSONField(name: name, schema: shape.schema, isRequired: true) { value, inspection in
            if let value { return shape.inspect(value, &inspection) }
            inspection.report(.missing)
            return nil
        }
    }

    /// A member that may be absent or null: then it is nil.
    public static func optional<Wrapped>(
        _ name: String, _ shape: JSONShape<Wrapped>
    ) -> JSONField<Wrapped?> where Value == Wrapped? {
        let shape = shape.orNull
        return JSONField(name: name, schema: shape.schema, isRequired: false) { value, inspection in
            shape.inspect(value ?? .null, &inspection)
        }
    }

    /// A member that may be absent: then it is the given value.
    public static func optional(
        _ name: String, _ shape: JSONShape<Value>, default value: Value
    ) -> JSONField<Value> where Value: Sendable {
        let absent = value
        var schema = shape.schema
        if let value = value as? any JSONEncodable {
            schema["default"] = try? JSONValue(parsing: value.encoded())
        } else if let value = value as? any RawRepresentable<String> {
            schema["default"] = .string(value.rawValue)
        }
        return JSONField(name: name, schema: schema, isRequired: false) { value, inspection in
            value.map { shape.inspect($0, &inspection) } ?? absent
        }
    }
}

extension JSONShape {
    /// An object with these members, built from them in their order. Others are refused unless told otherwise.
    public static func object<each Member>(
        _ fields: repeat JSONField<each Member>, ignoringUnknown: Bool = false,
        build: @escaping @Sendable (repeat each Member) -> Value
    ) -> JSONShape<Value> {
        var properties: JSONValue = [:]
        var names: [String] = []
        var required: [JSONValue] = []
        for field in repeat each fields {
            precondition(properties[field.name] == nil, "the field \(field.name) is declared twice")
            properties[field.name] = field.schema
            names.append(field.name)
            if field.isRequired { required.append(.string(field.name)) }
        }
        var schema: JSONValue = ["type": "object", "properties": properties, "required": .array(required)]
        if !ignoringUnknown { schema["additionalProperties"] = false }
        return JSONShape(schema: schema) { [names] value, inspection in
            guard let object = inspection.take(value.object, of: value, expected: "an object") else { return nil }
            let before = inspection.problems.count
            let index = object.index()
            let members = (repeat inspection.read(each fields, in: index))
            if !ignoringUnknown {
                for (name, _) in object where !names.contains(where: name.hasSameBytes) {
                    inspection.report(.unknown(known: names), at: name)
                }
            }
            guard inspection.problems.count == before else { return nil }
            return try? build(repeat known(each members))
        }
    }
}

extension Inspection {
    fileprivate mutating func read<Value>(_ field: JSONField<Value>, in index: MemberIndex) -> Value? {
        descend(to: field.name) { field.inspect(index[field.name], &$0) }
    }
}

/// Nil is left only where a problem went unreported because there were too many.
private func known<Value>(_ value: Value?) throws(JSONProblems) -> Value {
    guard let value else { throw JSONProblems([]) }
    return value
}
