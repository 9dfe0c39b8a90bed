/// Why a request came to nothing. An answer with status 404 or 500 is an answer, not an error.
///
/// Neither query strings nor headers nor user information appear in it: it may be logged.
public struct HTTPClientError: Error, Sendable, CustomStringConvertible {
    public let code: Code
    /// Host and port, or the Unix socket, that were asked; empty when the URL was not understood.
    public let host: String
    /// Whether the server may have seen (and carried out) the request.
    public let mayHaveBeenSent: Bool
    /// What happened and what to do about it, in sentences.
    public let explanation: String
    /// libcurl's own number (`CURLcode`) where it was libcurl that gave up.
    public let curlCode: UInt32?
    /// What the body's sequence threw, for ``Code/bodyFailed``.
    public let cause: (any Error)?

    init(
        _ code: Code, host: String, mayHaveBeenSent: Bool = false, detail: String? = nil, curlCode: UInt32? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.host = host
        self.mayHaveBeenSent = mayHaveBeenSent
        self.curlCode = curlCode
        self.cause = cause
        explanation = detail.map { "\($0). \(code.advice)" } ?? code.advice
    }

    public var description: String {
        let number = curlCode.map { ", curl \($0)" } ?? ""
        let place = host.isEmpty ? "" : " \(host)"
        return "HTTP request\(place) (\(code.rawValue)\(number)): \(explanation)"
    }
}

extension HTTPClientError {
    /// What went wrong, as one word for callers and metrics. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        // Before anything was sent.
        public static let invalidRequest = Code(rawValue: "invalid_request")
        public static let invalidConfiguration = Code(rawValue: "invalid_configuration")
        public static let overloaded = Code(rawValue: "overloaded")
        public static let unresolvedHost = Code(rawValue: "unresolved_host")
        public static let refused = Code(rawValue: "refused")
        public static let proxyFailed = Code(rawValue: "proxy_failed")
        public static let tlsFailed = Code(rawValue: "tls_failed")
        public static let tlsVerificationFailed = Code(rawValue: "tls_verification_failed")
        // On the way.
        public static let bodyFailed = Code(rawValue: "body_failed")
        public static let connectionLost = Code(rawValue: "connection_lost")
        public static let brokenResponse = Code(rawValue: "broken_response")
        public static let tooLarge = Code(rawValue: "too_large")
        // Out of time.
        public static let timedOutWaiting = Code(rawValue: "timed_out_waiting")
        public static let timedOutConnecting = Code(rawValue: "timed_out_connecting")
        public static let timedOutWaitingForFirstByte = Code(rawValue: "timed_out_first_byte")
        public static let timedOutIdle = Code(rawValue: "timed_out_idle")
        public static let timedOutInTotal = Code(rawValue: "timed_out_total")
        // Ended from this side.
        public static let cancelled = Code(rawValue: "cancelled")
        public static let shutDown = Code(rawValue: "shut_down")
        public static let transportFailed = Code(rawValue: "transport_failed")
    }
}

extension HTTPClientError.Code {
    /// What to do about it, in a sentence.
    var advice: String {
        switch self {
        case .invalidRequest: "Correct the request"
        case .invalidConfiguration: "Correct the client's configuration"
        case .overloaded: "Too many requests wait for a connection; ask less at once, or raise waitingMax"
        case .unresolvedHost: "The name has no address; check its spelling and this machine's name service"
        case .refused: "No connection could be made; check that the service runs there and that no firewall is between"
        case .proxyFailed: "The proxy did not connect; check http_proxy, https_proxy and no_proxy"
        case .tlsFailed:
            "The server and this client could not agree on TLS 1.2 or newer; check that the port speaks TLS"
        case .tlsVerificationFailed:
            "The certificate was not accepted; renew it, or name its authority in tls.authoritiesFile"
        case .bodyFailed: "The request's body could not be produced as announced; see the cause"
        case .connectionLost:
            "The connection ended before the answer was complete; ask again where asking twice does no harm"
        case .brokenResponse: "What the server sent is not a complete HTTP answer; tell its operator"
        case .tooLarge: "The answer is longer than allowed; ask for less, or raise the limit"
        case .timedOutWaiting: "No connection became free in time; raise connectionsPerHostMax, or timeouts.waiting"
        case .timedOutConnecting: "The connection was not made in time; check the network, or raise timeouts.connecting"
        case .timedOutWaitingForFirstByte: "The server did not begin its answer in time; raise timeouts.firstByte"
        case .timedOutIdle: "Nothing moved on the connection for too long; ask again, or raise timeouts.idle"
        case .timedOutInTotal: "The exchange took too long altogether; raise timeouts.total"
        case .cancelled: "The caller no longer wanted the answer"
        case .shutDown: "The client was shut down; make requests before that"
        default: "The transport failed in an unexpected way; ask again, and report it when it happens again"
        }
    }
}
