extension HTTPClient {
    /// What to ask of whom.
    public struct Request: Sendable {
        public var method: Method
        /// `http` or `https`, without user information: credentials belong into the header `Authorization`.
        public var url: String
        public var headers: Headers
        public var body: Body
        /// Default: those of the client.
        public var timeouts: Timeouts?
        /// Refuses a longer answer. Default: the client's limit for buffered or for streamed answers.
        public var responseBytesMax: Int?
        /// How many redirects are followed. Default 0: a redirect is the answer.
        public var redirectsMax = 0
        /// Offers gzip, deflate, brotli and zstd, and unpacks the answer. The limit counts unpacked bytes. Default off.
        public var decompresses = false
        /// Sends the body only once the server agreed, or kept silent for a second. Default off.
        public var waitsForContinue = false
        /// Whether it may be sent again when a kept connection turns out dead before an answer. Default: only when
        /// ``Method/isIdempotent``, because the server may have carried out the first.
        public var mayRepeat: Bool?
        /// Connects to this socket instead of to the host in the URL. Default: none.
        public var unixSocketPath: String?
        /// Signs the request on its way out. Default: none.
        public var signing: Signing?

        public init(_ method: Method = .get, _ url: String, headers: Headers = [:], body: Body = .none) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
        }
    }
}
