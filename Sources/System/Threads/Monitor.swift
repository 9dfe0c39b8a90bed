internal import CLinux
internal import Glibc

/// A value behind a lock that threads can wait on. For threads only: a task that waits here blocks Swift's pool.
/// Where nothing waits, use `Mutex`.
@safe public final class Monitor<Value>: @unchecked Sendable {
    // Unchecked and safe: `value` is touched only while `mutex` is held, and both pointers live as long as this does.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    public init(_ value: sending Value) {
        self.value = value
        unsafe pthread_mutex_init(mutex, nil)
        // Deadlines must not move with the time of day.
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` alone, then lets every waiting thread look again.
    public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer {
            // Woken while the lock is held, a thread would only fall asleep again on the lock.
            unsafe pthread_mutex_unlock(mutex)
            unsafe pthread_cond_broadcast(changed)
        }
        return try body(&value)
    }

    /// Blocks the calling thread until `condition` holds, then runs `body` under the same lock.
    public func wait<Result>(
        until condition: (Value) -> Bool, then body: (inout Value) throws -> Result
    ) rethrows -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !condition(value) { unsafe pthread_cond_wait(changed, mutex) }
        return try body(&value)
    }

    /// The same, but gives up after `limit` and returns nil without running `body`.
    public func wait<Result>(
        until condition: (Value) -> Bool, atMost limit: Duration, then body: (inout Value) throws -> Result
    ) rethrows -> Result? {
        var deadline = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
        // A negative time would be no time at all to the kernel, and be refused at every turn of the loop.
        let microseconds = max(0, limit.wholeMicroseconds)
        let nanoseconds = Int(microseconds % 1_000_000) * 1_000 + deadline.tv_nsec
        deadline.tv_sec += Int(microseconds / 1_000_000) + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !condition(value) {
            if unsafe pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT, !condition(value) { return nil }
        }
        return try body(&value)
    }
}
