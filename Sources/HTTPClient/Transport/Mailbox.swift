internal import System

/// What tasks ask of the transport thread, in order. Posting wakes the thread; nothing else crosses to it.
final class Mailbox: Sendable {
    enum Command: Sendable {
        case begin(Exchange)
        case cancel(Exchange)
        case resume(Exchange)
        case count(@Sendable (Census) -> Void)
        case stop
    }

    private struct State {
        var commands: [Command] = []
        var isClosed = false
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let multi: MultiHandle
    private let state = Lock(State())

    init(waking multi: MultiHandle) { self.multi = multi }

    /// False once the thread takes no more.
    @discardableResult
    func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            // Commands that wait already have woken the thread. Waking happens inside the lock, so that the thread
            // cannot close the handle in between.
            if state.commands.isEmpty { multi.wakeUp() }
            state.commands.append(command)
            return true
        }
    }

    func take() -> [Command] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Refuses what comes from now on, and gives what came before.
    func close() -> [Command] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// The thread's last word.
    func sayEnded() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}

/// How many of its parts a transport holds, for tests and for looking inside.
struct Census: Sendable, Equatable {
    var underWay = 0
    var waiting = 0
    var handlesFree = 0
    var handlesMade = 0
}
