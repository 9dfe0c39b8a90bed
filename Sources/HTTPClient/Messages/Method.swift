extension HTTPClient {
    /// What a request asks for. Any token of RFC 9110 may be one; `CONNECT` is refused.
    public struct Method: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let get = Method(rawValue: "GET")
        public static let head = Method(rawValue: "HEAD")
        public static let post = Method(rawValue: "POST")
        public static let put = Method(rawValue: "PUT")
        public static let patch = Method(rawValue: "PATCH")
        public static let delete = Method(rawValue: "DELETE")
        public static let options = Method(rawValue: "OPTIONS")

        public var description: String { rawValue }

        /// Whether carrying it out twice means the same as once (RFC 9110, 9.2.2).
        public var isIdempotent: Bool {
            [.get, .head, .put, .delete, .options].contains(self) || rawValue == "TRACE"
        }

        /// Whether a request without a body says `Content-Length: 0`, so that no server waits for one.
        var expectsBody: Bool { [.post, .put, .patch].contains(self) }
    }
}
