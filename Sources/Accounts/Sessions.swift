internal import Cryptography
public import HTTPServer
public import System

/// Sessions of the console: a cookie that says until when it holds, signed with a key that hangs on the admin token.
///
/// Nothing is stored, so a session survives a restart. Signing out takes the cookie away; changing the token ends all.
public struct Sessions: Sendable {
    public static let cookieName = "lifeos_session"

    private let token: AdminToken
    private let lifetime: Duration
    private let isSecure: Bool
    private let clock: any WallClock
    private let witness: @Sendable (Access) -> Void

    /// - Parameters:
    ///   - isSecure: whether browsers come by HTTPS; the cookie then never travels in the clear.
    ///   - witness: told who signed in, was refused, or signed out; must not keep the request waiting.
    public init(
        token: AdminToken, isSecure: Bool, lifetime: Duration = .seconds(12 * 3_600),
        clock: any WallClock = SystemWallClock(), witness: @escaping @Sendable (Access) -> Void = { _ in }
    ) {
        self.witness = witness
        self.token = token
        self.isSecure = isSecure
        self.lifetime = lifetime
        self.clock = clock
    }

    /// The `Set-Cookie` of a new session, or `nil` when the token is wrong.
    public func begin(with text: String, _ request: Request) throws -> String? {
        guard token.matches(text) else {
            witness(Access(.refused, by: .console, request, .wrongToken))
            return nil
        }
        witness(Access(.signedIn, by: .console, request))
        let expiry = String((clock.now() + lifetime).microsecondsSinceEpoch)
        return try cookie("\(expiry).\(signature(of: expiry))", seconds: lifetime.components.seconds)
    }

    /// The `Set-Cookie` that ends a session.
    public func end(_ request: Request) -> String {
        witness(Access(.signedOut, by: .console, request))
        return cookie("", seconds: 0)
    }

    /// Whether the request carries a session that still holds.
    func holds(in request: Request) -> Bool {
        request.headers("Cookie").contains { header in
            header.split(separator: ";").contains { pair in
                let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                return parts.count == 2 && parts[0] == Self.cookieName && isValid(String(parts[1]))
            }
        }
    }

    private func isValid(_ value: String) -> Bool {
        let parts = value.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let signature = try? signature(of: parts[0]),
            ConstantTime.areEqual(parts[1], signature),
            let expiry = Int64(parts[0])
        else { return false }
        return clock.now() < Timestamp(microsecondsSinceEpoch: expiry)
    }

    private func signature(of expiry: String) throws(CryptographyError) -> String {
        TextCoding.base64URL.encode(try HMAC.authenticate(Array(expiry.utf8), key: token.sessionKey))
    }

    private func cookie(_ value: String, seconds: Int64) -> String {
        "\(Self.cookieName)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
            + (isSecure ? "; Secure" : "")
    }
}
