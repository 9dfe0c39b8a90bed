public import Catalogue
import Cryptography
public import HTTPServer
import JSON
import System

/// `/openapi.json`: every route. `/asyncapi.json`: every event. Made when they are first asked for, then kept.
public struct DescriptionRoutes: Sendable {
    private let title: String
    private let catalogue: Catalogue
    private let version: String
    private let server: String
    private let headers: [(name: String, value: String)]

    /// - Parameters:
    ///   - title: what is described; default `Life-OS`.
    ///   - server: where this one answers, such as `http://127.0.0.1:8080`.
    ///   - headers: what every answer carries.
    public init(
        title: String = "Life-OS", catalogue: Catalogue, version: String, server: String,
        headers: [(name: String, value: String)]
    ) {
        self.title = title
        self.catalogue = catalogue
        self.version = version
        self.server = server
        self.headers = headers
    }

    /// To be declared last: what comes later is not described.
    ///
    /// - Parameters:
    ///   - router: holds the routes that want a token.
    ///   - open: those that do not.
    public func declare(in router: inout Router, open: [Route]) {
        let openAPI = RouteInfo(
            name: "openapi", summary: "This description.", tags: ["Descriptions"], details: Operation.document)
        let asyncAPI = RouteInfo(
            name: "asyncapi", summary: "Every event, as AsyncAPI 3.", tags: ["Descriptions"],
            details: Operation.document)
        let own = [(path: "/openapi.json", info: openAPI), (path: "/asyncapi.json", info: asyncAPI)]
        let described =
            open.map { OpenAPIDocument.Described($0, isGuarded: false) }
            + router.routes.map { .init($0, isGuarded: true) }
            + own.map { .init(.get, $0.path, $0.info, isGuarded: true) }
        let (title, catalogue, version, server) = (title, catalogue, version, server)
        let makers: [@Sendable () -> JSONValue] = [
            {
                OpenAPIDocument(
                    title: title, routes: described, catalogue: catalogue, version: version, server: server
                ).json
            },
            { catalogue.asyncAPI(title: "\(title) events", version: version, server: server) },
        ]
        for (route, make) in zip(own, makers) {
            let document = PreparedDocument(headers: headers, make)
            router.get(route.path, info: route.info) { request async throws in try document.answer(request) }
        }
    }
}

/// A document that never changes, made when it is first asked for: starting need not wait for it.
private final class PreparedDocument: Sendable {
    private let headers: [(name: String, value: String)]
    private let make: @Sendable () -> JSONValue
    private let made = Lock<(response: PreparedResponse, tag: EntityTag)?>(nil)

    init(headers: [(name: String, value: String)], _ make: @escaping @Sendable () -> JSONValue) {
        self.headers = headers
        self.make = make
    }

    func answer(_ request: Request) throws -> Response {
        let (response, tag) = made.withLock { made in
            if let made { return made }
            let bytes = make().encoded()
            let tag = EntityTag(TextCoding.base64URL.encode(Array(SHA256.hash(bytes).bytes.prefix(12))))
            var headers = Headers([("Content-Type", "application/json")] + self.headers)
            headers.add("ETag", tag.description)
            let fresh = (response: PreparedResponse(.ok, headers: headers, bytes), tag: tag)
            made = fresh
            return fresh
        }
        return try request.answer(.prepared(response), tag: tag)
    }
}

extension Request {
    /// An answer to a reading request, or 304 where the client has it already.
    func answer(_ response: Response, tag: EntityTag) throws(Problem) -> Response {
        switch try preconditions.evaluate(isRead: true, tag: tag) {
        case .proceed: return response
        case .notModified: return Response(.notModified, headers: ["ETag": tag.description])
        case .failed: throw .preconditionFailed()
        }
    }
}

extension Operation {
    /// What a document about this server answers.
    fileprivate static let document = Operation(
        parameters: [.ifNoneMatch],
        answers: [
            Answer(summary: "The document.", schema: Schema.named("Anything"), headers: [.tag]), .notModified,
        ], problems: [.preconditionFailed])
}

extension Operation.Answer {
    static let notModified = Operation.Answer(
        status: .notModified, summary: "It is still as it was.", headers: [.tag])
}
