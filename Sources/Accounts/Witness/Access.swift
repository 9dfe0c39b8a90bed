public import HTTPServer
public import System

/// Someone came in, left, or was refused: what the audit trail tells of it. It never holds what was sent as a token.
public struct Access: Sendable, Hashable {
    public enum Outcome: String, Sendable, CaseIterable {
        case signedIn = "signed_in"
        case signedOut = "signed_out"
        case refused
    }

    /// By which way.
    public enum Way: String, Sendable, CaseIterable { case console, bearer, session }

    public enum Refusal: String, Sendable, CaseIterable {
        case wrongToken = "wrong_token"
        case noToken = "no_token"
        case forgedRequest = "forged_request"
    }

    public let outcome: Outcome
    public let way: Way
    /// Why, where someone was refused.
    public let refusal: Refusal?
    public let method: String
    /// Without the query, which may hold anything.
    public let path: String
    public let userAgent: String?
    public let client: String
    public let requestID: String
    /// Who came in or left; nil where nobody who is known did.
    public let actor: Actor?
    /// The name of the session that began or ended; worth nothing without the signature of its cookie.
    public var session: String? { actor?.session }

    public init(
        _ outcome: Outcome, by way: Way, _ request: Request, _ refusal: Refusal? = nil, actor: Actor? = nil
    ) {
        self.outcome = outcome
        self.way = way
        self.refusal = refusal
        method = "\(request.method)"
        path = Self.printable(request.path)
        userAgent = request.header("User-Agent").map(Self.printable)
        client = request.remoteAddress.description
        requestID = request.requestID
        self.actor = actor
    }

    private static let lengthMax = 200

    /// What comes from strangers: without control characters, and short.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }).prefix(
                lengthMax))
    }
}

/// Refusals that were too many to be told one by one.
public struct RefusalTally: Sendable, Hashable {
    /// Of so many addresses, some are named.
    static let clientsMax = 20

    public internal(set) var count = 0
    public let since: Timestamp
    public internal(set) var until: Timestamp
    /// Where they came from; some of the addresses, where there were many.
    public internal(set) var clients: [String] = []
    public internal(set) var byRefusal: [Access.Refusal: Int] = [:]

    init(since: Timestamp) {
        self.since = since
        until = since
    }

    mutating func add(_ access: Access, at now: Timestamp) {
        count += 1
        until = max(until, now)
        if let refusal = access.refusal { byRefusal[refusal, default: 0] += 1 }
        if clients.count < Self.clientsMax, !clients.contains(access.client) { clients.append(access.client) }
    }
}
