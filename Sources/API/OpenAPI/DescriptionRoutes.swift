import Accounts
public import Catalogue
import Cryptography
public import HTTPServer
public import JSON
import System

/// `/openapi.json`: every route. `/asyncapi.json`: every event. Made when they are first asked for, then kept.
public struct DescriptionRoutes: Sendable {
    /// Whom the descriptions are for.
    public enum Audience: String, Sendable, CaseIterable {
        /// Everyone who can reach the server. They tell what it can do, and nothing of what it holds.
        case open
        /// Only those who are known.
        case signedIn = "signed-in"
    }

    private let (openAPI, asyncAPI): (PreparedDocument, PreparedDocument)
    private let right: Right?

    /// - Parameters:
    ///   - title: what is described; default `Life-OS`.
    ///   - server: where this one answers, such as `http://127.0.0.1:8080`.
    ///   - headers: what every answer carries.
    ///   - routes: all there are. Those that say nothing of themselves, such as pages, are left out.
    public init(
        title: String = "Life-OS", catalogue: Catalogue, version: String, server: String,
        headers: [(name: String, value: String)], audience: Audience = .open, routes: [Route]
    ) {
        let right: Right? = audience == .open ? nil : .useAccount
        self.right = right
        openAPI = PreparedDocument(headers) {
            let own = Self.own(right).map { OpenAPIDocument.Described(.get, $0.path, $0.info, [Self.condition]) }
            return OpenAPIDocument(
                title: title, routes: routes.compactMap { .init($0) } + own.compactMap { $0 }, catalogue: catalogue,
                version: version, server: server
            ).json
        }
        asyncAPI = PreparedDocument(headers) {
            catalogue.asyncAPI(title: "\(title) events", version: version, server: server)
        }
    }

    /// The API's description, for what is made of it. It is made again each time.
    public var document: JSONValue { openAPI.json }

    /// - Parameter guardian: lets only those through who are known; asked where the audience is not everyone.
    public func declare(in router: inout Router, behind guardian: any Middleware) {
        guard right != nil else { return declare(in: &router) }
        router.group("") { guarded in
            guarded.use(guardian)
            declare(in: &guarded)
        }
    }

    private func declare(in router: inout Router) {
        for (own, document) in zip(Self.own(right), [openAPI, asyncAPI]) {
            router.get(own.path, info: own.info, .ifNoneMatch) { request, conditions async throws in
                try document.answer(request, conditions)
            }
        }
    }

    private static func own(_ right: Right?) -> [(path: String, info: RouteInfo)] {
        [
            (
                "/openapi.json",
                RouteInfo(
                    "openapi", "Read this description (OpenAPI 3.1).", in: "Descriptions", needs: right, .document)
            ),
            (
                "/asyncapi.json",
                RouteInfo(
                    "asyncapi", "Read the description of all events (AsyncAPI 3.0).", in: "Descriptions", needs: right,
                    .document)
            ),
        ]
    }

    private static let condition = ParameterShape<Preconditions>.ifNoneMatch.declarations[0]
}

/// A document that never changes, made when it is first asked for: starting need not wait for it.
private final class PreparedDocument: Sendable {
    private struct Forms: Sendable {
        let tag: String
        let plain: [UInt8]
        let gzipped: [UInt8]
    }

    private let headers: [(name: String, value: String)]
    private let make: @Sendable () -> JSONValue
    private let made = Lock<Forms?>(nil)

    init(_ headers: [(name: String, value: String)], _ make: @escaping @Sendable () -> JSONValue) {
        self.headers = headers
        self.make = make
    }

    var json: JSONValue { make() }

    private var forms: Forms {
        made.withLock { made in
            if let made { return made }
            let bytes = make().encoded()
            let fresh = Forms(
                tag: TextCoding.base64URL.encode(Array(SHA256.hash(bytes).bytes.prefix(12))), plain: bytes,
                gzipped: (try? Gzip.compress(bytes)) ?? [])
            made = fresh
            return fresh
        }
    }

    func answer(_ request: Request, _ conditions: Preconditions) throws(Problem) -> Response {
        let forms = forms
        let accepted = request.header("Accept-Encoding")
        let isGzipped =
            !forms.gzipped.isEmpty
            && Negotiation.coding(acceptEncoding: accepted, offered: [.identity, .gzip]) == .gzip
        // Other bytes need another tag.
        let tag = EntityTag(isGzipped ? "\(forms.tag)-gzip" : forms.tag)
        var answer = Response(
            headers: Headers([("Content-Type", "application/json"), ("ETag", tag.description)] + headers),
            body: .bytes(isGzipped ? forms.gzipped : forms.plain))
        answer.headers.add("Vary", "Accept-Encoding")
        if isGzipped { answer.headers.add("Content-Encoding", "gzip") }
        return try conditions.answer(answer, tag: tag)
    }
}

extension RouteDescription {
    /// What a document about this server answers.
    fileprivate static let document = RouteDescription(
        answers: [
            Answer(summary: "The document.", schema: Schema.named("Anything"), headers: [.tag]), .notModified,
        ], problems: [.preconditionFailed])
}
