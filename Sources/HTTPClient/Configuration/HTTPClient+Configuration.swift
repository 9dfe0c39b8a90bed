extension HTTPClient {
    /// Everything a client can be told. The defaults suit calls to services on the open internet.
    public struct Configuration: Sendable {
        /// Requests under way at once; each has its own connection. Default 64.
        public var connectionsMax = 64
        /// The same for one scheme, host and port, or one Unix socket. Default 32.
        public var connectionsPerHostMax = 32
        /// Requests that wait for a connection; one more is refused. Default 10,000.
        public var waitingMax = 10_000
        /// How long an unused connection may be kept for the next request. Default 60 s.
        public var connectionIdleMax: Duration = .seconds(60)
        /// The longest answer that is held in memory. Default 16 MiB.
        public var bufferedBytesMax = 16 << 20
        /// The longest answer that is streamed. Default 1 GiB.
        public var streamedBytesMax = 1 << 30
        /// Bytes that wait for the reader of a streamed answer before the server is made to wait. Default 256 KiB.
        public var streamBufferBytesMax = 256 << 10
        /// All header lines of an answer together, interim answers and trailers included. Default 64 KiB.
        public var headerBytesMax = 64 << 10
        public var timeouts = Timeouts()
        public var tls = TLS()
        /// Default: what the environment says.
        public var proxy = Proxy.environment
        /// The header `User-Agent` where a request has none. Default `life-os`.
        public var userAgent = "life-os"
        /// Sends `traceparent` where the task is in a trace. Default on.
        public var sendsTraceContext = true
        /// Sends the task's `X-Request-Id`. Default off: it is nobody else's business.
        public var sendsRequestID = false

        public init() {}
    }

    /// Whom to trust. The server's certificate and name are always verified; TLS is 1.2 or newer.
    public struct TLS: Sendable, Equatable {
        /// A PEM file of the authorities trusted instead of the system's. Default: the system's.
        public var authoritiesFile: String?

        public init(authoritiesFile: String? = nil) { self.authoritiesFile = authoritiesFile }
    }
}

extension HTTPClient.Configuration {
    /// What makes the configuration unusable, or nothing.
    var objection: String? {
        let positive: [(String, Int)] = [
            ("connectionsMax", connectionsMax), ("connectionsPerHostMax", connectionsPerHostMax),
            ("streamBufferBytesMax", streamBufferBytesMax), ("headerBytesMax", headerBytesMax),
        ]
        for (name, value) in positive where value < 1 { return "\(name) is \(value); it must be at least 1" }
        let others = [
            ("waitingMax", waitingMax), ("bufferedBytesMax", bufferedBytesMax), ("streamedBytesMax", streamedBytesMax),
        ]
        for (name, value) in others where value < 0 { return "\(name) is \(value); it must not be negative" }
        let agent = HTTPClient.Headers.Field(name: "User-Agent", value: userAgent)
        return agent.objection
    }
}
