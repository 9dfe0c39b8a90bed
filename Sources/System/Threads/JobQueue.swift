/// Jobs waiting for one thread, in order. The thread exists only while there is something to wait for.
final class JobQueue: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var hasThread = false
        var isStopped = false
    }

    private let threadName: String
    private let monitor = Monitor(State())

    init(threadName: String) { self.threadName = threadName }

    func append(_ job: @escaping @Sendable () -> Void) {
        let needsThread = monitor.withLock { state in
            state.jobs.append(job)
            defer { state.hasThread = true }
            return !state.hasThread
        }
        if needsThread { Thread.detach(name: threadName) { self.run() } }
    }

    func stop() {
        monitor.withLock { $0.isStopped = true }
    }

    private func run() {
        while let batch = nextBatch() {
            for job in batch { job() }
        }
    }

    private func nextBatch() -> [@Sendable () -> Void]? {
        monitor.wait(until: { !$0.jobs.isEmpty || $0.isStopped }) { state in
            if state.jobs.isEmpty {
                state.hasThread = false
                return nil
            }
            defer { state.jobs = [] }
            return state.jobs
        }
    }
}
