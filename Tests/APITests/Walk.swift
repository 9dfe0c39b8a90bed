import Catalogue
import Commands
import Entities
import EventLog
import JSON
import System

@testable import API

/// Makes requests out of the description, as somebody would who knows nothing else.
struct Walk {
    struct Request {
        let line: String
        let body: [UInt8]?
        let headers: [String: String]

        var isFromTheStart: Bool { line.contains("after=0") || headers["Last-Event-ID"] == "0" }
    }

    private let studio: Studio
    private let client: Client
    private let description: Description
    /// An entity of each type, with a version behind it.
    private var made: [String: String] = [:]
    /// A backup, and the command that made the last entity.
    private var (backup, command) = ("none", "none")
    /// Where the log ended when they were made, and which it is.
    private var head = 0
    private var log = "none"

    init(_ studio: Studio, _ client: Client, _ description: Description) async throws {
        self.studio = studio
        self.client = client
        self.description = description
    }

    mutating func makeOneOfEachType() async throws {
        for type in studio.catalogue.types where type.isSystem {
            let id = studio.service.identifiers.next()
            let began = type.events.first { $0.effect == .create }
            let later = type.events.first { $0.effect == .merge }
            for event in [began, later].compactMap({ $0 }) {
                let data = Examples(description: description).value(event.dataSchema)
                let meta = EventMeta(actor: "tester", command: studio.service.identifiers.next())
                _ = try await studio.service.writer.submit(
                    EntityCommand(
                        .declared(verb: event.verb, data), on: id, of: type, meta: meta))
            }
            made[type.name] = id.description
        }
        for type in studio.catalogue.types where !type.isSystem {
            let path = "/api/v2/\(type.collection)"
            let answer = try await client.send("POST \(path)", body(of: type.schemaDocument))
            made[type.name] = answer.id
            _ = try await client.send("POST \(path)/\(answer.id)/tags", ["tags": ["gothic"]])
        }
        head = try await client.get("/api/v2/entities").json["position"]?.integer ?? 0
        log = try await studio.service.log.identity().id.description
        command = try await client.get("/api/v2/admin/events/\(head)").json["meta"]?["command"]?.string ?? "none"
        let begun = try await client.send("POST /api/v2/admin/backups", ["kind": "full"])
        _ = try await client.ended(begun)
        backup = try await client.get("/api/v2/admin/backups").json["items"]?[0]?["id"]?.string ?? "none"
    }

    /// One request with what has to be there, and one more for each parameter that may.
    func requests(for operation: Description.Operation) -> [Request] {
        let parameters = description.parameters(of: operation)
        let required = parameters.filter { $0["required"]?.bool == true }
        let optional = parameters.filter { $0["required"]?.bool != true && $0["name"]?.string != "cursor" }
        // A tag or a fork can be made only once.
        let isUnique = ["tags.create", "replay.forks.create", "replay.forks.drop"].contains(operation.name)
        let bodies = bodies(for: operation)
        let first: [JSONValue?] = bodies.isEmpty ? [nil] : bodies
        return first.map { request(operation, required, $0) }
            + optional.filter { !isUnique || $0["in"]?.string == "query" }.map { parameter in
                request(operation, required + [parameter], bodies.first)
            }
    }

    /// The example that is given, and one for each alternative that the schema has. What an example refers to is there.
    private func bodies(for operation: Description.Operation) -> [JSONValue] {
        guard let content = operation.json["requestBody"]?["content"]?["application/json"] else { return [] }
        let schema = description.resolved(content["schema"] ?? .null)
        var bodies = [substituting(content["example"] ?? .null, schema)]
        bodies += (schema["oneOf"]?.array ?? []).map { body(of: description.resolved($0)) }
        if operation.name == "tags.create" { bodies[0]["name"] = "walked" }
        if operation.name == "replay.undo" { bodies[0]["id"] = .string(command) }
        if operation.name == "entities.bulk" {
            bodies = bodies.map { ["operations": .array(($0["operations"]?.array ?? []).map(change))] }
        }
        return bodies
    }

    /// One of many changes, of what there is.
    private func change(_ change: JSONValue) -> JSONValue {
        var change = change
        guard let type = change["type"]?.string.flatMap({ studio.catalogue[type: $0] }) else { return change }
        if change["id"] != nil { change["id"] = .string(made[type.name] ?? "none") }
        if change["to"] != nil { change["to"] = .string(made["character"] ?? "none") }
        if change["op"] == "create" { change["data"] = body(of: type.schemaDocument) }
        return change
    }

    private func request(_ operation: Description.Operation, _ parameters: [JSONValue], _ body: JSONValue?) -> Request {
        var path = operation.path
        var query: [String] = []
        var headers: [String: String] = [:]
        for parameter in parameters {
            let name = parameter["name"]?.string ?? ""
            let value = value(of: name, parameter["schema"] ?? .null, in: operation)
            switch parameter["in"]?.string {
            case "path": path = path.replacing("{\(name)}", with: value)
            case "query": query.append("\(name)=\(value)")
            default: headers[name] = value
            }
        }
        if headers["Idempotency-Key"] != nil { headers["Idempotency-Key"] = "walk-\(operation.name)" }
        let line = "\(operation.method) \(path)" + (query.isEmpty ? "" : "?\(query.joined(separator: "&"))")
        return Request(line: line, body: body?.encoded(), headers: headers)
    }

    private func type(of operation: Description.Operation) -> EntityType? {
        // Of `api`, `v2`, `admin` none is a collection.
        operation.path.split(separator: "/").lazy.compactMap { studio.catalogue.type(collection: String($0)) }.first
    }

    private func value(of name: String, _ schema: JSONValue, in operation: Description.Operation) -> String {
        switch name {
        case "id" where operation.name == "backups.verify": return backup
        case "id": return type(of: operation).flatMap { made[$0.name] } ?? "none"
        case "target": return made["character"] ?? "none"
        case "tag", "tags": return "gothic"
        case "filter": return "\(type(of: operation)?.fields.first(where: \.isComparable)?.name ?? "none"):exists:true"
        case "If-Match": return "*"
        case "If-None-Match": return "\"unknown\""
        case "as_of": return "\(head)"
        case "log": return log
        case "type" where operation.name == "replay.diff": return "character"
        case "from", "version", "position": return "1"
        // What a system category only ever begins has one version.
        case "to": return type(of: operation)?.events.contains { $0.effect != .create } == false ? "1" : "2"
        default:
            let value = Examples(description: description).value(schema)
            return value.string ?? value[0]?.string ?? value.description
        }
    }

    private func body(of schema: JSONValue) -> JSONValue {
        substituting(Examples(description: description).value(schema), schema)
    }

    private func substituting(_ example: JSONValue, _ schema: JSONValue) -> JSONValue {
        var body = example
        for (name, property) in schema["properties"]?.object ?? [:] where body[name] != nil {
            if let wanted = property["x-references"]?[0]?.string { body[name] = .string(made[wanted] ?? "none") }
            if name == "to", property["format"] == "uuid" { body[name] = .string(made["character"] ?? "none") }
        }
        return body
    }
}
