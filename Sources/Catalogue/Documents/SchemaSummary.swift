import JSON

/// Schemas in a few words.
enum SchemaSummary {
    /// Such as "whole number from 1 to 5".
    static func text(of schema: JSONValue) -> String {
        if let value = schema["const"] { return "`\(plain(value))`" }
        if let choices = schema["enum"]?.array {
            return "one of " + choices.map { "`\(plain($0))`" }.joined(separator: ", ")
        }
        if let types = schema["x-references"]?.array?.compactMap(\.string) {
            let target = types == ["*"] ? "any entity" : types.map { "`\($0)`" }.joined(separator: " or ")
            return "id of \(target)" + (schema["x-on-archive"] == "archive" ? ", archived along with it" : "")
        }
        switch schema["type"]?.string {
        case "string": return string(schema)
        case "integer": return "whole number" + range(schema)
        case "number": return "number" + range(schema)
        case "boolean": return "true or false"
        case "array": return array(schema)
        case "object":
            let members = members(of: schema)
            return members == "nothing" ? "object" : "object of \(members)"
        default: return "any value"
        }
    }

    /// The names of an object's members; those that have to be there are marked.
    static func members(of schema: JSONValue) -> String {
        let required = schema["required"]?.array ?? []
        let names = (schema["properties"]?.object?.names ?? []).map { name in
            required.contains(.string(name)) ? "`\(name)` (required)" : "`\(name)`"
        }
        return names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }

    private static func plain(_ value: JSONValue) -> String { value.string ?? value.description }

    private static func string(_ schema: JSONValue) -> String {
        if let format = schema["format"]?.string { return format }
        if let pattern = schema["pattern"]?.string { return "text like `\(pattern)`" }
        return "text" + (schema["maxLength"]?.integer.map { " of up to \($0) characters" } ?? "")
    }

    private static func range(_ schema: JSONValue) -> String {
        let least = schema["minimum"]?.number.map { " from \($0)" } ?? ""
        let most = schema["maximum"]?.number.map { " to \($0)" } ?? ""
        return least + most
    }

    private static func array(_ schema: JSONValue) -> String {
        let most = schema["maxItems"]?.integer.map { ", at most \($0)" } ?? ""
        return "list: \(schema["items"].map { text(of: $0) } ?? "any value")" + most
    }
}
