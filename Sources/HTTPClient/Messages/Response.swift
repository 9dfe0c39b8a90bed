extension HTTPClient {
    /// An answer held in memory.
    public struct Response: Sendable {
        public let status: Int
        public let headers: Headers
        public let body: [UInt8]

        /// The body as UTF-8, with what is not valid replaced.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// An answer whose body is still arriving.
    public struct StreamedResponse: Sendable {
        public let status: Int
        public let headers: Headers
        /// Read it to its end, or let go of it: that ends the transfer.
        public let body: StreamedBody
    }
}
