/// Runs an actor on its own thread, so that the actor may block (in libpq, say) without starving Swift's pool.
///
/// Give it to the actor as its `unownedExecutor` and keep it as long as the actor lives. The thread starts with the
/// first job and ends once ``stop()`` was called (`deinit` does) and the waiting jobs have run.
public final class ThreadExecutor: SerialExecutor {
    private let queue: JobQueue

    /// - Parameter name: what debuggers and `top` show; the kernel keeps the first 15 bytes.
    public init(name: String) {
        queue = JobQueue(threadName: name)
    }

    deinit { queue.stop() }

    public func enqueue(_ job: consuming ExecutorJob) {
        // The entry keeps this executor alive until its job has run, even when the job lets go of the actor.
        let job = UnownedJob(job)
        queue.append { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Lets the thread end once the waiting jobs have run. A later job is still run, on a new thread.
    public func stop() { queue.stop() }
}
