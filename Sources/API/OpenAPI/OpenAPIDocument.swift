import Catalogue
import HTTPServer
import JSON

/// The description of every route as OpenAPI 3.1 has it, made of what the routes and the catalogue say of themselves.
struct OpenAPIDocument {
    /// A route as far as it is described.
    struct Described {
        let method: Method
        let pattern: String
        let info: RouteInfo
        /// Whether only those get an answer who are known.
        let isGuarded: Bool

        init(_ method: Method, _ pattern: String, _ info: RouteInfo, isGuarded: Bool) {
            self.method = method
            self.pattern = pattern
            self.info = info
            self.isGuarded = isGuarded
        }

        init(_ route: Route, isGuarded: Bool) {
            self.init(route.method, route.pattern, route.info, isGuarded: isGuarded)
        }
    }

    let title: String
    let routes: [Described]
    let catalogue: Catalogue
    let version: String
    let server: String

    var json: JSONValue {
        [
            "openapi": "3.1.0",
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "info": [
                "title": .string(title), "version": .string(version),
                "description": .string(Self.introduction),
            ],
            "servers": [["url": .string(server)]],
            "security": [["token": []]],
            "tags": tags,
            "paths": paths,
            "components": components,
        ]
    }

    private static let introduction = """
        Everything that is kept is an entity of some type, and whatever happens to one is an event in one log. \
        Every question can be asked about the past by `as_of`. Problems are documents of RFC 9457, whose `code` is for \
        programs and whose `detail` says what to do.
        """

    /// Groups in the order in which they first occur.
    private var tags: JSONValue {
        var names: [String] = []
        for tag in routes.flatMap(\.info.tags) where !names.contains(tag) { names.append(tag) }
        let summaries = Dictionary(catalogue.types.map { ($0.plural, $0.summary) }) { first, _ in first }
        return .array(
            names.map { name in
                var tag: JSONObject = ["name": .string(name)]
                tag["description"] = summaries[name].map { .string($0) }
                return .object(tag)
            })
    }

    private var paths: JSONValue {
        var paths = JSONObject()
        var places: [String: [Described]] = [:]
        var order: [String] = []
        for route in routes {
            let path = Self.path(route.pattern)
            if places[path] == nil { order.append(path) }
            places[path, default: []].append(route)
        }
        for path in order {
            var item = JSONObject()
            for route in places[path] ?? [] { item[route.method.description.lowercased()] = operation(route) }
            paths[path] = .object(item)
        }
        return .object(paths)
    }

    /// A tail is a parameter like any other there.
    static func path(_ pattern: String) -> String {
        pattern.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasSuffix("...}") ? $0.dropLast(4) + "}" : $0 }.joined(separator: "/")
    }

    private func operation(_ route: Described) -> JSONValue {
        let details = route.info.details as? Operation
        var operation: JSONObject = [
            "operationId": .string(route.info.name ?? "\(route.method) \(route.pattern)"),
            "summary": .string(route.info.summary), "tags": .array(route.info.tags.map { .string($0) }),
        ]
        let parameters = parameters(route, details)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = details?.body { operation["requestBody"] = Self.body(body) }
        operation["responses"] = responses(route, details)
        if !route.isGuarded { operation["security"] = [] }
        return .object(operation)
    }

    private func parameters(_ route: Described, _ details: Operation?) -> [JSONValue] {
        let declared = details?.parameters ?? []
        // What the path names and nobody described is some text.
        let rest = route.pattern.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { $0.dropFirst().prefix { $0 != "." && $0 != "}" } }
            .filter { name in !declared.contains { $0.name == name } }
            .map { Parameter.path(String($0), "A part of the address.", Schema.text) }
        return (declared + rest).map { parameter in
            parameter.isShared
                ? ["$ref": .string("#/components/parameters/\(parameter.name)")] : Self.parameter(parameter)
        }
    }

    static func parameter(_ parameter: Parameter) -> JSONValue {
        var json: JSONObject = [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "description": .string(parameter.summary), "schema": parameter.schema,
        ]
        if parameter.isRequired { json["required"] = true }
        if parameter.isJoined {
            json["style"] = "form"
            json["explode"] = false
        }
        return .object(json)
    }

    private static func body(_ body: Operation.Body) -> JSONValue {
        var media: JSONObject = ["schema": body.schema]
        if let example = body.example { media["example"] = example }
        return ["required": true, "content": ["application/json": .object(media)]]
    }

    private func responses(_ route: Described, _ details: Operation?) -> JSONValue {
        var responses = JSONObject()
        for answer in details?.answers ?? [] { responses["\(answer.status.rawValue)"] = Self.answer(answer) }
        var problems = ProblemCodes.anywhere.union(details?.problems ?? [])
        if details?.body != nil { problems.formUnion(ProblemCodes.ofBodies) }
        if route.isGuarded { problems.formUnion(ProblemCodes.guarded) }
        for status in problems.sorted(by: { $0.rawValue < $1.rawValue }) {
            let status = (code: "\(status.rawValue)", name: Self.name(of: status))
            guard var answer = responses[status.code] else {
                responses[status.code] = ["$ref": .string("#/components/responses/\(status.name)")]
                continue
            }
            // An answer that says more than a problem would: either can come.
            answer["content"]?["application/problem+json"] = ["schema": Schema.named("Problem")]
            responses[status.code] = answer
        }
        // What a route does not tell of its answers is left open rather than guessed.
        if details == nil { responses["default"] = ["description": "The answer."] }
        return .object(responses)
    }

    private static func answer(_ answer: Operation.Answer) -> JSONValue {
        var json: JSONObject = ["description": .string(answer.summary)]
        if !answer.headers.isEmpty {
            json["headers"] = .object(
                JSONObject(answer.headers.map { ($0.rawValue, ["$ref": "#/components/headers/\($0.rawValue)"]) }))
        }
        if !answer.links.isEmpty {
            json["links"] = .object(
                JSONObject(
                    answer.links.map { name in
                        (name, ["operationId": .string(name), "parameters": ["id": "$response.body#/id"]])
                    }))
        }
        if let schema = answer.schema {
            let types = [answer.mediaType] + answer.otherMediaTypes
            json["content"] = .object(JSONObject(types.map { ($0, ["schema": schema]) }))
        }
        return .object(json)
    }

    /// Such as `NotFound`.
    static func name(of status: Status) -> String {
        status.reason.split(whereSeparator: { !$0.isLetter }).map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
    }
}
