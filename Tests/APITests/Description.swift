import JSON
import TestSupport

/// `/openapi.json` as a test walks it.
struct Description {
    let document: JSONValue

    struct Operation {
        let method: String
        let path: String
        let json: JSONValue

        var name: String { json["operationId"]?.string ?? "\(method) \(path)" }
        var isStream: Bool { json["responses"]?["200"]?["content"]?["text/event-stream"] != nil }
    }

    init(_ client: Client) async throws { document = try await client.get("/openapi.json").json }

    /// All but the console's pages, which are for people.
    var operations: [Operation] {
        (document["paths"]?.object ?? [:]).filter { !$0.key.hasPrefix("/console") }.flatMap { path, item in
            (item.object ?? [:]).map { Operation(method: $0.key.uppercased(), path: path, json: $0.value) }
        }
    }

    func operation(_ name: String) -> Operation? { operations.first { $0.name == name } }

    /// Follows a `$ref` to where it leads.
    func resolved(_ json: JSONValue) -> JSONValue {
        guard let reference = json["$ref"]?.string else { return json }
        return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    func parameters(of operation: Operation) -> [JSONValue] {
        (operation.json["parameters"]?.array ?? []).map { resolved($0) }
    }

    /// Headers that not every answer carries.
    private static let onOccasion: Set = ["Idempotency-Replayed", "As-Of-Position"]

    /// Everything that an answer does not keep of what the document says; empty where it keeps all.
    func faults(in answer: Answer, to operation: Operation) throws -> [String] {
        let responses = operation.json["responses"] ?? .null
        guard let declared = responses["\(answer.status)"] else {
            return ["\(answer.request): \(answer.status) is not declared: \(answer.raw.text.prefix(300))"]
        }
        let response = resolved(declared)
        var faults: [String] = []
        if answer.header("X-Request-Id") == nil { faults.append("\(answer.request): no X-Request-Id") }
        for (name, _) in response["headers"]?.object ?? [:] where !Self.onOccasion.contains(name) {
            if answer.header(name) == nil { faults.append("\(answer.request): no header \(name)") }
        }
        guard let content = response["content"]?.object else {
            if !answer.bytes.isEmpty { faults.append("\(answer.request): a body") }
            return faults
        }
        let type = answer.header("Content-Type")?.split(separator: ";").first.map(String.init)
        guard let type, let media = content[type] else {
            return faults + ["\(answer.request): \(type ?? "no type") is none of \(content.names)"]
        }
        if type.hasSuffix("json"), let schema = media["schema"] {
            let problems = try validator(schema).problems(in: answer.json)
            faults += problems.map { "\(answer.request): \($0.pointer) \($0.message)" }
        }
        return faults
    }

    /// A schema of the document that stands by itself: references lead into its own definitions.
    func validator(_ schema: JSONValue) throws -> JSONSchema {
        var needed: JSONObject = [:]
        func adopt(_ json: JSONValue) -> JSONValue {
            switch json {
            case .object(let object):
                if let reference = object["$ref"]?.string, let name = reference.split(separator: "/").last {
                    let name = String(name)
                    if needed[name] == nil {
                        needed[name] = true
                        needed[name] = adopt(document["components"]?["schemas"]?[name] ?? .null)
                    }
                    return ["$ref": .string("#/$defs/\(name)")]
                }
                return .object(JSONObject(object.map { ($0.key, adopt($0.value)) }))
            case .array(let elements): return .array(elements.map(adopt))
            default: return json
            }
        }
        var whole = adopt(schema)
        whole["$defs"] = .object(needed)
        return try JSONSchema(whole)
    }
}
