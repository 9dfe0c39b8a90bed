/// Reading a keyword's value as what the keyword needs; nil after reporting that it is something else.
extension SchemaCompiler {
    mutating func report(_ keyword: String, _ message: String) {
        inspection.report(Complaint(keyword, message))
    }

    mutating func take<Found>(_ found: Found?, of value: JSONValue, expected: String) -> Found? {
        inspection.take(found, of: value, expected: expected)
    }

    mutating func text(_ value: JSONValue) -> String? { take(value.string, of: value, expected: "a string") }

    mutating func flag(_ value: JSONValue) -> Bool? { take(value.bool, of: value, expected: "true or false") }

    mutating func number(_ value: JSONValue) -> JSONNumber? { take(value.number, of: value, expected: "a number") }

    mutating func count(_ value: JSONValue) -> Int? {
        let count = value.integer.flatMap { $0 >= 0 ? $0 : nil }
        return take(count, of: value, expected: "a whole number of 0 or more")
    }

    mutating func nonEmpty(_ value: JSONValue) -> [JSONValue]? {
        let array = value.array.flatMap { $0.isEmpty ? nil : $0 }
        return take(array, of: value, expected: "an array with at least one element")
    }

    mutating func names(_ value: JSONValue) -> [String]? {
        let names = value.array?.compactMap(\.string)
        return take(names?.count == value.array?.count ? names : nil, of: value, expected: "an array of strings")
    }

    mutating func alternatives(_ value: JSONValue) -> [SchemaRule.Node]? {
        nonEmpty(value)?.enumerated().map { index, schema in descend(to: String(index)) { $0.node(schema) } }
    }

    mutating func pattern(_ value: JSONValue) -> Pattern? {
        guard let source = text(value) else { return nil }
        do throws(PatternError) {
            return try Pattern(source, instructions: limits.patternInstructions)
        } catch {
            report("pattern", error.message)
            return nil
        }
    }

    mutating func members(_ schema: JSONObject, of keyword: String) -> JSONObject? {
        guard let value = schema[keyword] else { return nil }
        return descend(to: keyword) { $0.take(value.object, of: value, expected: "an object of schemas") }
    }
}
