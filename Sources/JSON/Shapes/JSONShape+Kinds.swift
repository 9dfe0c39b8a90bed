extension JSONShape where Value == JSONValue {
    /// Any value, as it is.
    public static var any: JSONShape<JSONValue> { JSONShape(schema: [:]) { value, _ in value } }
}

extension JSONShape where Value == Bool {
    public static var bool: JSONShape<Bool> {
        JSONShape(schema: ["type": "boolean"]) { value, inspection in
            inspection.take(value.bool, of: value, expected: "true or false")
        }
    }
}

extension JSONShape where Value == String {
    public static var string: JSONShape<String> {
        JSONShape(schema: ["type": "string"]) { value, inspection in
            inspection.take(value.string, of: value, expected: "a string")
        }
    }

    /// A string of so many characters (Unicode scalars).
    public static func string(length: ClosedRange<Int>) -> JSONShape<String> {
        let schema: JSONValue = [
            "type": "string", "minLength": .integer(length.lowerBound),
            "maxLength": .integer(length.upperBound),
        ]
        return JSONShape(schema: schema) { value, inspection in
            guard let text = string.inspect(value, &inspection) else { return nil }
            let count = text.unicodeScalars.count
            if count < length.lowerBound {
                inspection.report(.tooFew("minLength", .character, minimum: length.lowerBound, actual: count))
            } else if count > length.upperBound {
                inspection.report(.tooMany("maxLength", .character, maximum: length.upperBound, actual: count))
            } else {
                return text
            }
            return nil
        }
    }
}

extension JSONShape where Value == String {
    /// The same where it fits the pattern; otherwise the message, which should say what to send instead.
    public func matching(_ pattern: String, orSay message: String) -> JSONShape<String> {
        // Patterns are written by us, so a wrong one stops the program where it is declared.
        guard let compiled = try? JSONSchema(["pattern": .string(pattern)]) else {
            preconditionFailure("no pattern: \(pattern)")
        }
        var schema = schema
        schema["pattern"] = .string(pattern)
        return JSONShape(schema: schema) { [inspect] value, inspection in
            guard let text = inspect(value, &inspection) else { return nil }
            if compiled.problems(in: .string(text)).isEmpty { return text }
            inspection.report(Complaint("pattern", message))
            return nil
        }
    }

    /// One of these names.
    public static func name(among names: [String]) -> JSONShape<String> {
        let choices = names.map { JSONValue.string($0) }
        return JSONShape(schema: ["type": "string", "enum": .array(choices)]) { value, inspection in
            if let name = value.string, names.contains(name) { return name }
            inspection.report(.notAmong(choices, keyword: "enum"))
            return nil
        }
    }
}

extension JSONShape where Value == JSONNumber {
    /// A number with all its digits.
    public static var number: JSONShape<JSONNumber> {
        JSONShape(schema: ["type": "number"]) { value, inspection in
            inspection.take(value.number, of: value, expected: "a number")
        }
    }
}

extension JSONShape where Value == Int {
    /// A whole number that fits an `Int`.
    public static var integer: JSONShape<Int> { integer(in: .min ... .max) }

    public static func integer(in range: ClosedRange<Int>) -> JSONShape<Int> {
        let minimum = JSONNumber(range.lowerBound)
        let maximum = JSONNumber(range.upperBound)
        var schema: JSONValue = ["type": "integer"]
        // What any `Int` keeps needs no mention.
        if range.lowerBound > .min { schema["minimum"] = .number(minimum) }
        if range.upperBound < .max { schema["maximum"] = .number(maximum) }
        return JSONShape(schema: schema) { value, inspection in
            guard let number = value.number, number.isWhole else {
                inspection.report(.wrongKind(value, expected: "a whole number"))
                return nil
            }
            if number < minimum {
                inspection.report(.below(minimum))
            } else if number > maximum {
                inspection.report(.above(maximum))
            }
            return number.integer.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension JSONShape {
    /// One of the type's cases, by raw value.
    public static func choice(of type: Value.Type) -> JSONShape<Value>
    where Value: RawRepresentable<String> & CaseIterable & Sendable {
        let choices = Value.allCases.map { JSONValue.string($0.rawValue) }
        return JSONShape(schema: ["type": "string", "enum": .array(choices)]) { value, inspection in
            if let choice = value.string.flatMap(Value.init(rawValue:)) { return choice }
            inspection.report(.notAmong(choices, keyword: "enum"))
            return nil
        }
    }

    public static func array<Element>(
        of element: JSONShape<Element>, count: ClosedRange<Int>? = nil
    ) -> JSONShape<[Element]> where Value == [Element] {
        var schema: JSONValue = ["type": "array", "items": element.schema]
        if let count {
            schema["minItems"] = .integer(count.lowerBound)
            schema["maxItems"] = .integer(count.upperBound)
        }
        return JSONShape(schema: schema) { value, inspection in
            guard let array = inspection.take(value.array, of: value, expected: "an array") else { return nil }
            let before = inspection.problems.count
            if let count, array.count < count.lowerBound {
                inspection.report(.tooFew("minItems", .element, minimum: count.lowerBound, actual: array.count))
            } else if let count, array.count > count.upperBound {
                inspection.report(.tooMany("maxItems", .element, maximum: count.upperBound, actual: array.count))
            }
            var elements: [Element] = []
            for (index, value) in array.enumerated() where !inspection.isFull {
                inspection.descend(to: String(index)) {
                    if let read = element.inspect(value, &$0) { elements.append(read) }
                }
            }
            return inspection.problems.count == before && elements.count == array.count ? elements : nil
        }
    }
}

extension Inspection {
    /// What was found, or a complaint that it is of the wrong kind.
    mutating func take<Found>(_ found: Found?, of value: JSONValue, expected: String) -> Found? {
        if found == nil { report(.wrongKind(value, expected: expected)) }
        return found
    }
}
