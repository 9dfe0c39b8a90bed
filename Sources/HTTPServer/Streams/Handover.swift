import System

/// Passes pieces from one task to another, one at a time: the giver waits until a piece was taken.
final class Handover: Sendable {
    private struct State {
        var piece: [UInt8]?
        var isOver = false
        var failure: (any Error)?
        var giver: CheckedContinuation<Void, Never>?
        var taker: CheckedContinuation<Void, Never>?
    }

    private let state = Lock(State())

    /// Throws `CancellationError` once the reader is gone.
    func give(_ bytes: [UInt8]) async throws {
        await withCheckedContinuation { continuation in
            let taker = state.withLock { state -> CheckedContinuation<Void, Never>? in
                if state.isOver { return continuation }
                state.piece = bytes
                state.giver = continuation
                return state.taker.take()
            }
            taker?.resume()
        }
        if state.withLock({ $0.isOver }) { throw CancellationError() }
    }

    /// Nil after the last piece. Throws what went wrong.
    func take() async throws -> [UInt8]? {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.piece != nil || state.isOver { return true }
                state.taker = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        let (piece, giver, failure) = state.withLock { state in
            (state.piece.take(), state.giver.take(), state.isOver ? state.failure : nil)
        }
        giver?.resume()
        if piece == nil, let failure { throw failure }
        return piece
    }

    /// Nothing more is given, or the reader is gone.
    func end(_ failure: (any Error)? = nil) {
        let (giver, taker) = state.withLock { state in
            if !state.isOver { (state.isOver, state.failure) = (true, failure) }
            return (state.giver.take(), state.taker.take())
        }
        giver?.resume()
        taker?.resume()
    }
}
