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
        /// Open connections of one IPv4 address or IPv6 /64 network; one more is answered with 503. Behind a proxy all
        /// come from the proxy.
        public var connectionsPerAddressMax = 1_024
        /// Connections the kernel holds until we accept them.
        public var backlogMax = 1_024
        /// How much of a body that is refused is still read, so that the client sees the answer.
        public var drainBytesMax: Int64 = 1 << 20
        /// How much of a streamed body waits for whoever reads it, or for the network.
        public var streamBufferBytesMax = 256 << 10

        public init() {}
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
