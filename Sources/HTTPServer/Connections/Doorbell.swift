internal import System

/// Lets a connection wait without holding a thread until somebody rings.
///
/// Whoever has news for the connection stores them first and rings then; the connection looks for news, and waits when
/// there are none. A ring between the looking and the waiting is kept, so none is lost. Suspending and resuming happen
/// under the lock, since resuming is allowed only while the connection is suspended.
final class Doorbell: Sendable {
    private struct State {
        var isWaiting = false
        var hasRung = false
    }

    private let connection: LibraryConnection
    private let state = Lock(State())

    init(_ connection: LibraryConnection) { self.connection = connection }

    /// Suspends the connection, unless somebody rang since the last time: then look again. For its own thread only.
    func wait() -> Bool {
        state.withLock { state in
            if state.hasRung {
                state.hasRung = false
                return false
            }
            connection.suspend()
            state.isWaiting = true
            return true
        }
    }

    func ring() {
        state.withLock { state in
            if state.isWaiting {
                state.isWaiting = false
                connection.resume()
            } else {
                state.hasRung = true
            }
        }
    }

    /// Whether the connection waits; for tests and for counting.
    var isWaiting: Bool { state.withLock { $0.isWaiting } }
}
