import Postgres
import System

/// Between threads that make rows and the one that writes them. Both may block.
final class RowChannel: Sendable {
    /// Chunks that may wait.
    private static let chunksMax = 2

    private struct State {
        var chunks: [[CopyRows]] = []
        var isFinished = false
        var failure: (any Error)?
    }

    private let state = Monitor(State())

    /// Blocks while there are enough. Throws what ``fail(_:)`` was told.
    func push(_ rows: [CopyRows]) throws {
        state.wait(until: { $0.failure != nil || $0.chunks.count < Self.chunksMax }) { _ in }
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.chunks.append(rows)
        }
    }

    /// Blocks until there is one; nil after the last.
    func next() throws -> [CopyRows]? {
        state.wait(until: { $0.failure != nil || $0.isFinished || !$0.chunks.isEmpty }) { _ in }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.chunks.isEmpty ? nil : state.chunks.removeFirst()
        }
    }

    func finish() { state.withLock { $0.isFinished = true } }

    /// Ends it on both sides.
    func fail(_ error: any Error) { state.withLock { $0.failure = $0.failure ?? error } }
}
