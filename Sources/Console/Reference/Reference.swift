internal import JSON

/// The API's description as its pages show it.
struct Reference: Sendable {
    struct Operation: Sendable {
        let name: String
        let method: String
        let path: String
        let summary: String
        let group: String
        /// Nil where everyone may.
        let right: String?
        let parameters: [Parameter]
        let body: String?
        let answers: [Answer]

        /// Whether all of the words stand somewhere in what is said of it.
        func matches(_ words: [String]) -> Bool {
            let text = "\(method) \(path) \(name) \(summary) \(group)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    struct Parameter: Sendable {
        let name: String
        let place: String
        let form: String
        let summary: String
        let isRequired: Bool
    }

    struct Answer: Sendable {
        let status: String
        let summary: String
        let example: String?
    }

    let title: String
    let groups: [(name: String, operations: [Operation])]

    init(_ document: JSONValue) {
        title = document["info"]?["title"]?.string ?? "API"
        var order: [String] = []
        var byGroup: [String: [Operation]] = [:]
        for (path, item) in document["paths"]?.object ?? [:] {
            for (method, json) in item.object ?? [:] {
                let operation = Operation(method.uppercased(), path, json, document)
                if byGroup[operation.group] == nil { order.append(operation.group) }
                byGroup[operation.group, default: []].append(operation)
            }
        }
        groups = order.map { ($0, byGroup[$0] ?? []) }
    }

    func operation(_ name: String) -> Operation? {
        groups.lazy.flatMap(\.operations).first { $0.name == name }
    }
}

extension Reference.Operation {
    fileprivate init(_ method: String, _ path: String, _ json: JSONValue, _ document: JSONValue) {
        func resolved(_ json: JSONValue) -> JSONValue {
            guard let reference = json["$ref"]?.string else { return json }
            return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
        }
        self.method = method
        self.path = path
        name = json["operationId"]?.string ?? ""
        summary = json["summary"]?.string ?? ""
        group = json["tags"]?[0]?.string ?? ""
        right = json["security"]?[0]?["token"]?[0]?.string
        parameters = (json["parameters"]?.array ?? []).map { Reference.Parameter(resolved($0)) }
        body = json["requestBody"]?["content"]?["application/json"]?["example"].map { Self.pretty($0) }
        answers = (json["responses"]?.object ?? [:]).map { status, response in
            let response = resolved(response)
            let media = response["content"]?.object?.first?.value
            return Reference.Answer(
                status: status, summary: response["description"]?.string ?? "",
                example: media?["example"].map { Self.pretty($0) })
        }
    }

    /// JSON with a line for each member.
    private static func pretty(_ json: JSONValue, _ indentation: String = "") -> String {
        let inner = indentation + "  "
        let (lines, brackets): ([String], (String, String))
        switch json {
        case .object(let object) where !object.isEmpty:
            lines = object.map { "\(inner)\(JSONValue.string($0.key)): \(pretty($0.value, inner))" }
            brackets = ("{", "}")
        case .array(let elements) where !elements.isEmpty:
            lines = elements.map { "\(inner)\(pretty($0, inner))" }
            brackets = ("[", "]")
        default: return json.description
        }
        return "\(brackets.0)\n\(lines.joined(separator: ",\n"))\n\(indentation)\(brackets.1)"
    }
}

extension Reference.Parameter {
    fileprivate init(_ json: JSONValue) {
        let schema = json["schema"] ?? [:]
        name = json["name"]?.string ?? ""
        place = json["in"]?.string ?? ""
        summary = json["description"]?.string ?? ""
        isRequired = json["required"]?.bool == true
        form = Self.form(schema)
    }

    /// A schema in a few words, such as `integer, 1 to 200, default 50`.
    private static func form(_ schema: JSONValue) -> String {
        var words: [String] = []
        if let choices = schema["enum"]?.array, choices.count <= 6 {
            words.append("one of " + choices.compactMap(\.string).joined(separator: ", "))
        } else if let items = schema["items"] {
            words.append("list of \(items["format"]?.string ?? items["type"]?.string ?? "values")")
        } else {
            words.append(schema["format"]?.string ?? schema["type"]?.string ?? "value")
        }
        switch (schema["minimum"]?.integer, schema["maximum"]?.integer) {
        case (let least?, let most?): words.append("\(least) to \(most)")
        case (let least?, nil): words.append("from \(least)")
        case (nil, let most?): words.append("up to \(most)")
        case (nil, nil): break
        }
        if let fallback = schema["default"] { words.append("default \(fallback.string ?? fallback.description)") }
        return words.joined(separator: ", ")
    }
}
