internal import Glibc

/// A process that this one started. It is reaped by itself; letting go of this value does not end it.
public final class Child: Sendable {
    private struct State {
        var exit: Exit?
        var waiters: [UInt64: CheckedContinuation<Exit?, Never>] = [:]
        var waiterLast: UInt64 = 0
        var output: [UInt8] = []
        var errors: [UInt8] = []
    }

    /// The process's number. The kernel gives it to others once the child has ended: use ``signal(_:)``.
    public let processID: Int32
    private let state = Lock(State())

    init(processID: Int32) { self.processID = processID }

    /// How it ended; `nil` while it runs.
    public var exit: Exit? { state.withLock { $0.exit } }

    /// What was captured so far.
    public var output: [UInt8] { state.withLock { $0.output } }

    /// What was captured so far of its standard error.
    public var errors: [UInt8] { state.withLock { $0.errors } }

    /// Sends a signal. One that has ended already gets none, even when its number went to another process.
    public func signal(_ signal: Signal) {
        state.withLock { state in
            // The number stays the child's until it is reaped, which happens under this lock too.
            if state.exit == nil { kill(processID, signal.number) }
        }
    }

    /// Waits for the end; throws only when the task is cancelled (the child continues).
    public func waitForExit() async throws(CancellationError) -> Exit {
        let waiter = state.withLock { state in
            state.waiterLast += 1
            return state.waiterLast
        }
        let status = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Exit?? = state.withLock { state in
                    if let status = state.exit { return .some(status) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
        }
        guard let status else { throw CancellationError() }
        return status
    }

    /// Waits for the end at most this long; `nil` when the child still runs then.
    public func waitForExit(within timeout: Duration) async throws -> Exit? {
        try await withThrowingTaskGroup(of: Exit?.self) { group in
            group.addTask { try await self.waitForExit() }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    func captureOutput(_ bytes: [UInt8], bytesMax: Int) {
        state.withLock { $0.output.append(contentsOf: bytes.prefix(max(0, bytesMax - $0.output.count))) }
    }

    func captureErrors(_ bytes: [UInt8], bytesMax: Int) {
        state.withLock { $0.errors.append(contentsOf: bytes.prefix(max(0, bytesMax - $0.errors.count))) }
    }

    /// Takes the ended process from the kernel. What it wrote has to be captured before.
    func reap() {
        let (status, waiters) = state.withLock { state in
            var word: Int32 = 0
            while unsafe waitpid(processID, &word, 0) < 0, errno == EINTR {}
            let status = Exit(waitStatus: word)
            state.exit = status
            defer { state.waiters = [:] }
            return (status, state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }
}
