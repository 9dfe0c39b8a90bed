extension HTTPClient {
    /// How long each part of a request may take. Each passes with its own error.
    public struct Timeouts: Sendable, Equatable {
        /// For one of the client's connections to become free. Default 30 s.
        public var waiting: Duration = .seconds(30)
        /// To resolve the name, connect and agree on TLS, the proxy's part included. Default 10 s.
        public var connecting: Duration = .seconds(10)
        /// From the request's last byte to the answer's first. Default 60 s.
        public var firstByte: Duration = .seconds(60)
        /// Without a byte moving, while there is one to send or room for one to take. Default 60 s.
        public var idle: Duration = .seconds(60)
        /// For everything, from the call to the last byte; `nil` for streams without an end. Default 300 s.
        public var total: Duration? = .seconds(300)

        public init() {}
    }
}
