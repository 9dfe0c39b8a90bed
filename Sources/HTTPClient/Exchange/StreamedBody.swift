extension HTTPClient {
    /// The bytes of an answer as they arrive: `for try await chunk in response.body`.
    ///
    /// Whoever reads slowly makes the server wait. Read it from one task; letting go of it ends the transfer.
    public final class StreamedBody: AsyncSequence, Sendable {
        public typealias Element = [UInt8]
        public typealias Failure = HTTPClientError

        public struct Iterator: AsyncIteratorProtocol {
            fileprivate let body: StreamedBody

            /// The next bytes, as many as have arrived; `nil` at the end.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(HTTPClientError) -> [UInt8]? {
                await body.exchange.wait(for: .bytes)
                let bytes = try body.exchange.takeBytes()
                return bytes.isEmpty ? nil : bytes
            }
        }

        private let exchange: Exchange
        /// Keeps the transport running while its answer is read.
        private let client: HTTPClient

        init(_ exchange: Exchange, of client: HTTPClient) {
            self.exchange = exchange
            self.client = client
        }

        deinit { exchange.abandon(exchange.failure(.cancelled)) }

        public func makeAsyncIterator() -> Iterator { Iterator(body: self) }

        /// What is left of it, such as the sentence that comes with an error; refused when longer than `bytesMax`.
        public func collect(bytesMax: Int) async throws(HTTPClientError) -> [UInt8] {
            var all: [UInt8] = []
            var iterator = makeAsyncIterator()
            while let chunk = try await iterator.next() {
                guard all.count + chunk.count <= bytesMax else {
                    let error = exchange.failure(.tooLarge, detail: "The answer is longer than \(bytesMax) bytes")
                    exchange.abandon(error)
                    throw error
                }
                all += chunk
            }
            return all
        }
    }
}
