extension HTTPServer {
    /// All that is set about a server.
    public struct Configuration: Sendable {
        /// Loopback on a free port unless said otherwise: nobody is exposed by accident.
        public var listen: ListenAddress
        public var tls: TLS?
        public var limits: Limits
        public var deadlines: Deadlines
        public var accessLog: AccessLog
        /// Threads that read, answer direct routes and send. More than the cores there are does not help.
        public var threads: Int

        public init(
            listen: ListenAddress = .loopback(port: 0), tls: TLS? = nil, limits: Limits = Limits(),
            deadlines: Deadlines = Deadlines(), accessLog: AccessLog = AccessLog(), threads: Int = 2
        ) {
            self.listen = listen
            self.tls = tls
            self.limits = limits
            self.deadlines = deadlines
            self.accessLog = accessLog
            self.threads = threads
        }
    }

    /// A certificate with its chain, and its key, both as PEM text.
    public struct TLS: Sendable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }

        /// What is spoken, in the words of GnuTLS: TLS 1.2 and 1.3 with a fresh key for each session and authenticated ciphers.
        static let priorities =
            "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA"
            + ":-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE"
    }

    /// How much of everything is taken.
    public struct Limits: Sendable {
        /// Path and query; more is answered with 414. The least that the standard asks for.
        public var targetBytesMax = 8_000
        /// Target and header lines together; more is answered with 431. Leave a third of ``connectionMemoryBytes``:
        /// what does not fit there at all the library refuses in words of its own.
        public var headBytesMax = 10 << 10
        /// Headers in one request.
        public var headersMax = 100
        /// A longer `X-Request-Id` is ignored.
        public var requestIDBytesMax = 128
        /// What a connection holds of a request's head and of an answer on its way. The library clears all of it after
        /// each request: 32 KiB instead of 16 cost 4 % of a small one.
        public var connectionMemoryBytes = 16 << 10
        /// Open connections; one more is answered with 503.
        public var connectionsMax = 4_096
        /// Open connections of one IPv4 address or IPv6 /64 network; one more is answered with 503. Default a quarter of
        /// ``connectionsMax``, so that nobody keeps everybody else out.
        public var connectionsPerAddressMax = 1_024
        /// Addresses that the limit above is not for, since many clients come through each.
        public var proxies: Set<RemoteAddress> = []
        /// Connections the kernel holds until we accept them.
        public var backlogMax = 1_024
        /// How much of a body that is refused is still read, so that the client sees the answer.
        public var drainBytesMax: Int64 = 1 << 20
        /// How much of a streamed body waits for whoever reads it, or for the network.
        public var streamBufferBytesMax = 256 << 10

        public init() {}

        /// Descriptors for all connections: each has a socket and may send a file, and some are only there to be refused.
        public var descriptorsNeeded: Int { 2 * connectionsMax + Self.refusedAtOnceMax }

        /// As many connections as so many descriptors are enough for, and of each address a quarter of them.
        public func fitting(descriptors: Int) -> Limits {
            var limits = self
            let affordable = max(Self.connectionsMin, (descriptors - Self.refusedAtOnceMax) / 2)
            limits.connectionsMax = min(connectionsMax, affordable)
            limits.connectionsPerAddressMax = min(connectionsPerAddressMax, limits.connectionsMax / 4)
            return limits
        }

        private static let connectionsMin = 16
        /// Connections beyond the limit that are open for as long as it takes to say so.
        static let refusedAtOnceMax = 128
    }

    /// How long everything may take.
    public struct Deadlines: Sendable {
        /// For the head of a request, from its first line or from connecting.
        public var head: Duration = .seconds(10)
        /// For the whole body, on top of what ``bodyBytesPerSecondMin`` allows for its size.
        public var body: Duration = .seconds(30)
        /// What a client has to send at least, so that large uploads get their time and dripping ones do not.
        public var bodyBytesPerSecondMin = 4 << 10
        /// For an asynchronous handler, until it returns its answer; then 503.
        public var handler: Duration = .seconds(30)
        /// After that, for the handler of a change to say what has become of it, before the client is told that nobody
        /// knows.
        public var outcome: Duration = .seconds(5)
        /// For the client to take something of an answer.
        public var stalledSend: Duration = .seconds(30)
        /// Between two requests on one connection, and for the first line of the next.
        public var idle: Duration = .seconds(75)
        /// Between two signs of life on an event stream; a client that is gone is noticed by them.
        public var heartbeat: Duration = .seconds(15)
        /// How often deadlines are looked at; they are late by at most that.
        public var precision: Duration = .milliseconds(250)

        public init() {}
    }

    /// Which requests are logged. Those answered with 5xx always are.
    public struct AccessLog: Sendable {
        /// One request in this many; 0 logs none, 1 all.
        public var every: Int
        /// A request that took longer is always logged.
        public var slow: Duration

        public init(every: Int = 0, slow: Duration = .seconds(1)) {
            self.every = every
            self.slow = slow
        }
    }
}
