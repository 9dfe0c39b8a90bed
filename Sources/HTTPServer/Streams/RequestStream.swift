internal import System

/// The body of a request, piece by piece as it arrives. One task may read it, once.
///
/// What nobody reads is not taken from the client: a slow reader slows the client down.
public struct RequestStream: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = Problem

    let pipe: RequestPipe?

    static let empty = RequestStream(pipe: nil)

    public func makeAsyncIterator() -> Iterator { Iterator(pipe: pipe) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let pipe: RequestPipe?

        /// Throws where the body turned out to be too large, or the client went away or was too slow.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(Problem) -> [UInt8]?
        {
            try await pipe?.next()
        }

        public mutating func next() async throws(Problem) -> [UInt8]? { try await pipe?.next() }
    }
}

/// Between the connection, which fills it, and the handler, which empties it.
final class RequestPipe: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var end: End?
        var reader: CheckedContinuation<Void, Never>?
    }

    private enum End {
        case complete
        case failed(Problem)
    }

    private let state = Lock(State())
    private let doorbell: Doorbell
    private let bytesMax: Int

    init(_ doorbell: Doorbell, bytesMax: Int) {
        self.doorbell = doorbell
        self.bytesMax = bytesMax
    }

    /// Takes a piece as long as there is room; otherwise the connection has to wait for the bell.
    ///
    /// - Parameter isLast: whether there has to be room, since what follows is no more than the library holds already.
    func push(_ bytes: UnsafeRawBufferPointer, isLast: Bool = false) -> Bool {
        let (taken, reader) = state.withLock { state in
            guard isLast || state.bytes.count < bytesMax else { return (false, CheckedContinuation<Void, Never>?.none) }
            unsafe state.bytes.append(contentsOf: bytes)
            return (true, state.reader.take())
        }
        reader?.resume()
        return taken
    }

    func finish(_ problem: Problem? = nil) {
        let reader = state.withLock { state in
            if state.end == nil { state.end = problem.map(End.failed) ?? .complete }
            return state.reader.take()
        }
        reader?.resume()
    }

    func next() async throws(Problem) -> [UInt8]? {
        while true {
            let (bytes, end) = state.withLock { state in
                defer { state.bytes = [] }
                return (state.bytes, state.end)
            }
            if !bytes.isEmpty {
                if bytes.count >= bytesMax { doorbell.ring() }
                return bytes
            }
            switch end {
            case .complete: return nil
            case .failed(let problem): throw problem
            case nil: await waitForNews()
            }
        }
    }

    private func waitForNews() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let isNews = state.withLock { state in
                    if !state.bytes.isEmpty || state.end != nil { return true }
                    precondition(state.reader == nil, "only one task may read the body of a request")
                    state.reader = reader
                    return false
                }
                if isNews { reader.resume() }
            }
        } onCancel: {
            finish(
                Problem(
                    .serviceUnavailable, "cancelled",
                    "The request was given up while its body arrived. Look what of it was carried out before you send it "
                        + "again."))
        }
    }
}
