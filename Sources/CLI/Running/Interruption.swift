internal import Glibc
internal import System

/// Handles Ctrl-C and other signals that ask a program to stop.
///
/// The first signal cancels the running command, unless the command waits for it by ``Invocation/interrupted()`` and
/// stops by itself. Another Ctrl-C ends the program at once, whatever it is doing.
public final class Interruption: Sendable {
    private struct State {
        var received: Signal?
        /// Whether nobody waited for that signal, so that it cancelled the command.
        var hasCancelled = false
        var waiters: [Int: CheckedContinuation<Signal?, Never>] = [:]
        var waiterLast = 0
        var cancel: (@Sendable () -> Void)?
        var thread: pthread_t?
    }

    private static let signals: [Signal] = [.interrupt, .terminate, .hangUp]

    private let state = Lock(State())
    private let endAtOnce: @Sendable (ExitCode) -> Void

    /// An interruption that handles no signals before ``listen()`` is called.
    public convenience init() {
        self.init { code in
            // The cursor may be behind a bar, and `exit` would run what other threads are still using.
            try? ProcessTerminal().write("\n", to: .errors)
            _exit(code.rawValue)
        }
    }

    init(endAtOnce: @escaping @Sendable (ExitCode) -> Void) { self.endAtOnce = endAtOnce }

    /// Blocks the signals in this thread, and so in all that it starts from now on; call it before anything else.
    /// What the process was started to ignore stays ignored, as `nohup` has it. A write to a closed pipe becomes an error
    /// instead of the end.
    public static func blockSignals() {
        var set = heardSignals()
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for signals in this thread, for ever.
    public func listen() -> Never {
        state.withLock { $0.thread = pthread_self() }
        var set = Self.heardSignals()
        while true {
            var number: Int32 = 0
            if unsafe sigwait(&set, &number) == 0 { receive(Signal(number: number)) }
        }
    }

    private static func heardSignals() -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals {
            var action = sigaction()
            unsafe sigaction(signal.number, nil, &action)
            // The constant SIG_IGN, which Swift imports as a function pointer that cannot be compared.
            let isIgnored = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
            if !isIgnored { unsafe sigaddset(&set, signal.number) }
        }
        return set
    }

    /// The signal that cancelled the command, if one did.
    var cancelledBy: Signal? { state.withLock { $0.hasCancelled ? $0.received : nil } }

    /// What to do at the first signal when nobody waits for it.
    func cancelling(_ cancel: @escaping @Sendable () -> Void) {
        let isTooLate = state.withLock { state in
            state.cancel = cancel
            state.hasCancelled = state.received != nil
            return state.hasCancelled
        }
        if isTooLate { cancel() }
    }

    func receive(_ signal: Signal) {
        let (isFirst, waiters, cancel) = state.withLock { state in
            let isFirst = state.received == nil
            if isFirst {
                state.received = signal
                state.hasCancelled = state.waiters.isEmpty && state.cancel != nil
            }
            defer { state.waiters = [:] }
            return (isFirst, state.waiters.values, state.cancel)
        }
        // A closing terminal may well send SIGHUP twice, and a supervisor SIGTERM: only a person is impatient.
        if !isFirst, signal == .interrupt { endAtOnce(.ended(by: signal)) }
        guard isFirst else { return }
        if waiters.isEmpty { cancel?() }
        for waiter in waiters { waiter.resume(returning: signal) }
    }

    /// Waits for the first signal; throws only when the task is cancelled.
    func signal() async throws(CancellationError) -> Signal {
        let waiter = state.withLock { state in
            state.waiterLast += 1
            return state.waiterLast
        }
        let signal = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Signal?? = state.withLock { state in
                    if let received = state.received { return .some(received) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
        }
        guard let signal else { throw CancellationError() }
        return signal
    }

    /// How many are waiting.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Sends a signal to the listening thread alone, so that a test need not fear for its process.
    func sendToOwnThread(_ signal: Signal) -> Bool {
        guard let thread = state.withLock({ $0.thread }) else { return false }
        return pthread_kill(thread, signal.number) == 0
    }
}

extension ExitCode {
    /// What shells report of a program that a signal ended.
    static func ended(by signal: Signal) -> ExitCode { ExitCode(rawValue: 128 + signal.number) }
}
