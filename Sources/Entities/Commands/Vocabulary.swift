import System

/// The words that this node knows to be in the database, so that only new ones are sent there.
final class Vocabulary: Sendable {
    private struct State {
        var known: Set<String> = []
        var sent: Set<String> = []
    }

    /// Beyond that many, everything is forgotten and learned again.
    private static let wordsMax = 200_000
    private let state = Lock(State())

    func beginBatch() {
        state.withLock { state in
            state.sent.removeAll(keepingCapacity: true)
            if state.known.count > Self.wordsMax { state.known = [] }
        }
    }

    func isNew(_ word: String) -> Bool {
        state.withLock { state in !state.known.contains(word) && state.sent.insert(word).inserted }
    }

    /// Called once the words of this batch are in the database.
    func confirm() { state.withLock { $0.known.formUnion($0.sent) } }
}
