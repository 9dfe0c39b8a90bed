internal import Synchronization
internal import System

/// The rows of a COPY as an asynchronous sequence of batches. See ``PostgresPool/copyOut(_:_:)``.
///
/// The server is held back while a few batches wait to be read. Letting go of the sequence ends the COPY.
public struct CopyStream: AsyncSequence, Sendable {
    public typealias Element = CopyBatch

    let channel: CopyChannel
    /// Ends the COPY once nobody can read it any more.
    private let reader: Reader

    private final class Reader: Sendable {
        let channel: CopyChannel
        init(_ channel: CopyChannel) { self.channel = channel }
        deinit { channel.abandon() }
    }

    init(_ channel: CopyChannel) {
        self.channel = channel
        reader = Reader(channel)
    }

    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let stream: CopyStream

        public mutating func next() async throws -> CopyBatch? { try await stream.channel.next() }
    }
}

/// Between a connection's thread, which may block, and a reader, which may not.
final class CopyChannel: Sendable {
    /// Batches that may wait.
    static let batchesMax = 4

    struct Abandoned: Error {}

    private struct State {
        var batches: [CopyBatch] = []
        var end: Result<Void, any Error>?
        var isAbandoned = false
        var reader: CheckedContinuation<CopyBatch?, any Error>?
    }

    private let state = Monitor(State())

    /// Blocks while there are enough. Throws once the reader is gone.
    func push(_ batch: CopyBatch) throws {
        try state.wait(until: { $0.isAbandoned || $0.batches.count < Self.batchesMax }) { state in
            if state.isAbandoned { throw Abandoned() }
            if let reader = state.reader {
                state.reader = nil
                reader.resume(returning: batch)
            } else {
                state.batches.append(batch)
            }
        }
    }

    func finish(_ end: Result<Void, any Error>) {
        state.withLock { state in
            state.end = end
            state.reader?.resume(with: end.map { nil })
            state.reader = nil
        }
    }

    func abandon() {
        state.withLock { state in
            state.isAbandoned = true
            state.batches = []
            state.reader?.resume(throwing: CancellationError())
            state.reader = nil
        }
    }

    func next() async throws -> CopyBatch? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { state in
                    if state.isAbandoned {
                        continuation.resume(throwing: CancellationError())
                    } else if !state.batches.isEmpty {
                        continuation.resume(returning: state.batches.removeFirst())
                    } else if let end = state.end {
                        continuation.resume(with: end.map { nil })
                    } else {
                        precondition(state.reader == nil, "two tasks read one COPY")
                        state.reader = continuation
                    }
                }
            }
        } onCancel: {
            abandon()
        }
    }
}

extension PostgresPool {
    /// Reads a table as a sequence of batches: `COPY people (id, name) TO STDOUT (FORMAT binary)`.
    ///
    ///     for try await batch in pool.copyOut("export_people", "COPY people (id, name) TO STDOUT (FORMAT binary)") {
    ///         for row in batch { let (id, name) = try row.decode(Int.self, String.self) }
    ///     }
    ///
    /// A connection is lent to it until the sequence ends or is let go of: a slow reader keeps it from others.
    ///
    /// - Parameter patience: how long each wait for the server may take, such as that for it to sort; default the
    ///   connection's ``Connection/statementTimeout``.
    public func copyOut(_ name: QueryName, _ sql: SQL, patience: Duration? = nil) -> CopyStream {
        let channel = CopyChannel()
        Task {
            do {
                try await withConnection { connection in
                    if let patience { connection.statementTimeout = patience }
                    _ = try connection.copyOut(name, sql) { try channel.push($0) }
                }
                channel.finish(.success(()))
            } catch {
                channel.finish(.failure(error))
            }
        }
        return CopyStream(channel)
    }
}
