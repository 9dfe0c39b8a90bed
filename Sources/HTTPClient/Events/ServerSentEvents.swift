/// The events of a streamed answer: `for try await event in response.body.serverSentEvents()`.
public struct ServerSentEvents<Chunks: AsyncSequence>: AsyncSequence
where Chunks.Element == [UInt8], Chunks.Failure == HTTPClientError {
    public typealias Element = ServerSentEvent
    public typealias Failure = HTTPClientError

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var chunks: Chunks.AsyncIterator
        fileprivate var parser: ServerSentEventParser
        /// Events of the last chunk, the next one last.
        fileprivate var ready: [ServerSentEvent] = []

        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(HTTPClientError) -> ServerSentEvent? {
            while ready.isEmpty {
                guard let chunk = try await chunks.next(isolation: actor) else { return nil }
                ready = try parser.consume(chunk).reversed()
            }
            return ready.popLast()
        }
    }

    let chunks: Chunks
    let limits: ServerSentEventParser.Limits

    public func makeAsyncIterator() -> Iterator {
        Iterator(chunks: chunks.makeAsyncIterator(), parser: ServerSentEventParser(limits: limits))
    }
}

extension ServerSentEvents: Sendable where Chunks: Sendable {}

extension HTTPClient.StreamedBody {
    /// Reads the body as events. Check first that the answer's `Content-Type` is `text/event-stream`.
    public func serverSentEvents(
        limits: ServerSentEventParser.Limits = .init()
    ) -> ServerSentEvents<HTTPClient.StreamedBody> {
        ServerSentEvents(chunks: self, limits: limits)
    }
}
