internal import Cryptography
public import HTTPServer
public import System

/// Sessions of the console: a cookie that names a session and says until when it holds, signed with a key that hangs on the admin
/// token.
///
/// The cookie alone is enough on every node and after a restart; what the server keeps is which sessions were signed out.
/// Changing the token ends all.
public struct Sessions: Sendable {
    /// How long one lasts unless told otherwise.
    public static let lifetime: Duration = .seconds(12 * 3_600)

    /// What became of an attempt to sign in.
    public enum SignIn: Sendable {
        /// - Parameter cookie: the `Set-Cookie` of the new session.
        case begun(cookie: String)
        /// The token is wrong; where a time is given, its address has to wait so long.
        case refused(retryAfter: Duration?)
    }

    private struct Session {
        let id: String
        let end: Timestamp
    }

    private let token: AdminToken
    private let key: SymmetricKey
    private let cookieName: String
    private let lifetime: Duration
    private let isSecure: Bool
    private let clock: any WallClock
    private let ended: EndedSessions
    private let limit: WrongTokenLimit
    private let witness: @Sendable (Access) -> Void
    private let record: @Sendable (Access) async throws -> Void

    /// - Parameters:
    ///   - scope: what the sessions are for, such as a fork's name; those of one scope are worth nothing in another.
    ///   - isSecure: whether browsers come by HTTPS; the cookie then never travels in the clear.
    ///   - ended: what is known of sessions that were signed out.
    ///   - witness: told who signed in or was refused; must not keep the request waiting.
    ///   - record: keeps for all nodes that a session was signed out; where it throws, the session goes on.
    public init(
        token: AdminToken, scope: String? = nil, isSecure: Bool, lifetime: Duration = Sessions.lifetime,
        clock: any WallClock = SystemWallClock(), ended: EndedSessions, limit: WrongTokenLimit,
        witness: @escaping @Sendable (Access) -> Void = { _ in },
        record: @escaping @Sendable (Access) async throws -> Void
    ) {
        self.token = token
        key = token.sessionKey(scope: scope)
        cookieName = "lifeos_session" + (scope.map { "_\($0)" } ?? "")
        self.isSecure = isSecure
        self.lifetime = lifetime
        self.clock = clock
        self.ended = ended
        self.limit = limit
        self.witness = witness
        self.record = record
    }

    /// Begins a session for whoever has the token.
    public func begin(with text: String, _ request: Request) throws -> SignIn {
        guard token.matches(text) else {
            witness(Access(.refused, by: .console, request, .wrongToken))
            return .refused(retryAfter: limit.add(from: request.remoteAddress))
        }
        let id = try SecureRandom.token(byteCount: 16)
        witness(Access(.signedIn, by: .console, request, actor: token.holder(by: .session(id))))
        let content = "\(id).\((clock.now() + lifetime).microsecondsSinceEpoch)"
        return .begun(
            cookie: cookie("\(content).\(try signature(of: content))", seconds: lifetime.components.seconds))
    }

    /// Ends the request's session on every node; returns the `Set-Cookie` that takes it from the browser as well.
    public func end(_ request: Request) async throws -> String {
        for session in sessions(in: request) {
            let actor = token.holder(by: .session(session.id))
            try await record(Access(.signedOut, by: .console, request, actor: actor))
            ended.add(session.id, until: session.end)
        }
        return cookie("", seconds: 0)
    }

    /// Who is signed in by a session that the request carries; nil where it carries none that still holds.
    func actor(of request: Request) -> Actor? {
        sessions(in: request).first.map { token.holder(by: .session($0.id)) }
    }

    private func sessions(in request: Request) -> [Session] {
        request.headers("Cookie").flatMap { header in
            header.split(separator: ";").compactMap { pair in
                let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                return parts.count == 2 && parts[0] == cookieName ? session(String(parts[1])) : nil
            }
        }
    }

    private func session(_ value: String) -> Session? {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let signature = try? signature(of: "\(parts[0]).\(parts[1])"),
            ConstantTime.areEqual(parts[2], signature),
            let microseconds = Int64(parts[1])
        else { return nil }
        let end = Timestamp(microsecondsSinceEpoch: microseconds)
        return clock.now() < end && !ended.contains(parts[0]) ? Session(id: parts[0], end: end) : nil
    }

    private func signature(of content: String) throws(CryptographyError) -> String {
        TextCoding.base64URL.encode(try HMAC.authenticate(Array(content.utf8), key: key))
    }

    private func cookie(_ value: String, seconds: Int64) -> String {
        "\(cookieName)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }
}
