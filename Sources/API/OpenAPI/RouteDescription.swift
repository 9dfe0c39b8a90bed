import Accounts
import HTTPServer
import JSON

/// What a route says of itself in `/openapi.json`, beside its name, its right and the parameters that it reads.
///
/// What every operation has (the problems of any request, the token, `X-Request-Id`) is not said here; the document adds it.
struct RouteDescription: Sendable {
    var body: Body?
    var answers: [Answer]
    /// The problems that this operation can end in, besides those that any can.
    var problems: Set<Status> = []

    /// What a request carries.
    struct Body: Sendable {
        let schema: JSONValue
        /// One is made of the schema where none is given.
        var example: JSONValue?
    }

    /// What comes back when all went well.
    struct Answer: Sendable {
        var status: Status = .ok
        let summary: String
        /// Nil where nothing comes.
        var schema: JSONValue?
        /// One is made of the schema where none is given.
        var example: JSONValue?
        var mediaType = "application/json"
        /// In which it comes to those that rather accept them.
        var otherMediaTypes: [String] = []
        var headers: [Header] = []
        /// Operations that can go on with the `id` that came.
        var links: [String] = []

        /// To a request whose `If-None-Match` names what is still there.
        static let notModified = Answer(status: .notModified, summary: "It is still as it was.", headers: [.tag])
    }

    enum Header: String, Sendable, CaseIterable {
        case tag = "ETag", location = "Location", replayed = "Idempotency-Replayed", asOf = "As-Of-Position"

        var summary: String {
            switch self {
            case .tag: "Identifies this state, for `If-None-Match` and, on entities, `If-Match`."
            case .location: "The address of the new entity."
            case .asOf: "The position that `as_of` was resolved to, if it was not a position."
            case .replayed: "`true` where the request was carried out before under the same `Idempotency-Key`."
            }
        }
    }
}

extension RouteInfo {
    /// A route of the API.
    ///
    /// - Parameter right: what those need who ask; nil where everyone may.
    init(_ name: String, _ summary: String, in group: String, needs right: Right?, _ description: RouteDescription) {
        self.init(name: name, summary: summary, tags: [group])
        self.right = right
        attachments[RouteDescription.self] = description
    }

    var description: RouteDescription? { attachments[RouteDescription.self] }
}
