import Accounts
import Catalogue
import HTTPServer
import JSON

/// The description of every route as OpenAPI 3.1 has it, made of what the routes and the catalogue say of themselves.
struct OpenAPIDocument {
    /// A route that says of itself what it answers.
    struct Described {
        let method: Method
        let path: String
        let info: RouteInfo
        let description: RouteDescription
        let parameters: [ParameterDeclaration]

        init?(_ method: Method, _ pattern: String, _ info: RouteInfo, _ parameters: [ParameterDeclaration]) {
            guard let description = info.description else { return nil }
            self.method = method
            path = OpenAPIDocument.path(pattern)
            self.info = info
            self.description = description
            let order: [ParameterDeclaration.Place] = [.path, .query, .header]
            self.parameters = order.flatMap { place in parameters.filter { $0.place == place } } + [.requestID]
        }

        init?(_ route: Route) { self.init(route.method, route.pattern, route.info, route.parameters) }
    }

    let title: String
    let routes: [Described]
    let catalogue: Catalogue
    let version: String
    let server: String
    /// What parameters are called that several operations have alike.
    let shared: [ParameterDeclaration: String]
    let schemas: JSONObject
    let examples: Examples

    init(title: String, routes: [Described], catalogue: Catalogue, version: String, server: String) {
        self.title = title
        self.routes = routes
        self.catalogue = catalogue
        self.version = version
        self.server = server
        shared = Self.shared(of: routes)
        schemas = Self.schemas(of: catalogue)
        examples = Examples(schemas)
    }

    /// Of parameters by the same name, the one that occurs most goes by it.
    private static func shared(of routes: [Described]) -> [ParameterDeclaration: String] {
        var counts: [ParameterDeclaration: Int] = [:]
        for parameter in routes.flatMap(\.parameters) { counts[parameter, default: 0] += 1 }
        var best: [String: ParameterDeclaration] = [:]
        for (parameter, count) in counts where count > 1 {
            let rival = best[parameter.name].map { (counts[$0] ?? 0, $0.summary) } ?? (0, "")
            if (count, parameter.summary) > rival { best[parameter.name] = parameter }
        }
        return Dictionary(uniqueKeysWithValues: best.map { ($1, $0) })
    }

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
            if places[route.path] == nil { order.append(route.path) }
            places[route.path, default: []].append(route)
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
        var operation: JSONObject = [
            "operationId": .string(route.info.name ?? "\(route.method) \(route.path)"),
            "summary": .string(route.info.summary), "tags": .array(route.info.tags.map { .string($0) }),
            "parameters": .array(
                route.parameters.map { parameter in
                    shared[parameter].map { ["$ref": .string("#/components/parameters/\($0)")] }
                        ?? Self.parameter(parameter)
                }),
        ]
        if let body = route.description.body { operation["requestBody"] = self.body(body) }
        operation["responses"] = responses(route)
        operation["security"] = route.info.right.map { [["token": [.string($0.rawValue)]]] } ?? []
        return .object(operation)
    }

    static func parameter(_ parameter: ParameterDeclaration) -> JSONValue {
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

    private func body(_ body: RouteDescription.Body) -> JSONValue {
        [
            "required": true,
            "content": [
                "application/json": ["schema": body.schema, "example": body.example ?? examples.value(body.schema)]
            ],
        ]
    }

    private func responses(_ route: Described) -> JSONValue {
        var responses = JSONObject()
        for answer in route.description.answers { responses["\(answer.status.rawValue)"] = self.answer(answer) }
        var problems = ProblemCodes.anywhere.union(route.description.problems)
        if route.description.body != nil { problems.formUnion(ProblemCodes.ofBodies) }
        if route.info.right != nil { problems.formUnion(ProblemCodes.guarded) }
        for status in problems.sorted(by: { $0.rawValue < $1.rawValue }) {
            let status = (status: status, code: "\(status.rawValue)", name: Self.name(of: status))
            guard var answer = responses[status.code] else {
                responses[status.code] = ["$ref": .string("#/components/responses/\(status.name)")]
                continue
            }
            // An answer that says more than a problem would: either can come.
            let problem = "Problem\(status.name)"
            answer["content"]?["application/problem+json"] = [
                "schema": Schema.named(problem),
                "example": Self.problemExample(ProblemCodes.entries(of: status.status)[0]),
            ]
            responses[status.code] = answer
        }
        return .object(responses)
    }

    private func answer(_ answer: RouteDescription.Answer) -> JSONValue {
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
            let isJSON = answer.mediaType.hasSuffix("json")
            let media: JSONValue =
                isJSON ? ["schema": schema, "example": answer.example ?? examples.value(schema)] : ["schema": schema]
            json["content"] = .object(JSONObject(types.map { ($0, media) }))
        }
        return .object(json)
    }

    /// Such as `NotFound`.
    static func name(of status: Status) -> String {
        status.reason.split(whereSeparator: { !$0.isLetter }).map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
    }
}
