public import HTTPServer

/// Lets only those through who are signed in, by `Authorization: Bearer` or by a session of the console, and who have the right
/// that the route needs. Handlers find them as the request's `actor`.
public struct Authentication: Middleware {
    private let token: AdminToken
    private let sessions: Sessions
    private let limit: WrongTokenLimit
    private let signInPath: String
    private let holder: Actor
    private let witness: @Sendable (Access) -> Void

    /// - Parameters:
    ///   - limit: slows down those who guess; the one that the sessions have.
    ///   - signInPath: where browsers are sent that ask for a page.
    ///   - witness: told of refusals; must not keep the request waiting.
    public init(
        token: AdminToken, sessions: Sessions, limit: WrongTokenLimit, signInPath: String = "/console/sign-in",
        witness: @escaping @Sendable (Access) -> Void = { _ in }
    ) {
        self.witness = witness
        self.token = token
        self.sessions = sessions
        self.limit = limit
        self.signInPath = signInPath
        holder = token.holder(by: .token)
    }

    public func before(_ request: inout Request) throws -> Response? {
        if let authorization = request.header("Authorization") {
            guard let bearer = Self.bearer(authorization), token.matches(bearer) else {
                witness(Access(.refused, by: .bearer, request, .wrongToken))
                throw limit.refusal(of: request)
            }
            try Self.admit(holder, to: &request)
            return nil
        }
        if let actor = sessions.actor(of: request) {
            do {
                try Self.refuseForgery(request)
            } catch {
                witness(Access(.refused, by: .session, request, .forgedRequest))
                throw error
            }
            try Self.admit(actor, to: &request)
            return nil
        }
        let wantsPage = request.method == .get && request.header("Accept")?.contains("text/html") == true
        if wantsPage { return .redirect(to: signInPath) }
        if Self.isTelling(request) { witness(Access(.refused, by: .bearer, request, .noToken)) }
        throw Problem.unauthorized()
    }

    /// The one place where rights are asked for.
    private static func admit(_ actor: Actor, to request: inout Request) throws(Problem) {
        request.attachments[Actor.self] = actor
        if let right = request.route.info.right { try actor.demand(right) }
    }

    /// Whether it says something that somebody came without a token: not where a program only has to be told that it needs one.
    private static func isTelling(_ request: Request) -> Bool {
        !(request.method == .get || request.method == .head || request.method == .options)
            || request.path.hasPrefix("/api/v2/admin/")
    }

    private static func bearer(_ authorization: String) -> String? {
        // Nearly everyone writes it so; the rest is for those who do not.
        if authorization.hasPrefix("Bearer "), authorization.utf8.dropFirst(7).first != UInt8(ascii: " ") {
            return String(authorization.utf8.dropFirst(7))
        }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }

    /// A cookie is sent by the browser whoever caused the request; so what changes something has to come from our pages.
    public static func refuseForgery(_ request: Request) throws(Problem) {
        if request.method == .get || request.method == .head || request.method == .options { return }
        let isOurs = request.header("Sec-Fetch-Site").map { $0 == "same-origin" || $0 == "none" }
        if isOurs == true { return }
        if isOurs == nil, let origin = request.header("Origin"), let host = request.header("Host"),
            origin == "http://\(host)" || origin == "https://\(host)"
        {
            return
        }
        throw .forbidden(
            "This request did not come from a page of the console. Open the console and try there.",
            code: "forged_request")
    }
}
