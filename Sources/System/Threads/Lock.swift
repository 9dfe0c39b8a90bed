internal import Glibc

/// A value behind a lock, used like `Mutex` of Synchronization, but one that the thread sanitizer understands: on Linux
/// it takes every contended `Mutex` for a data race, because it cannot see into the futex.
///
/// For short work that neither waits nor calls back. Where threads wait for a change, use ``Monitor``.
@safe public struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    // Unchecked and safe: `value` is touched only while `mutex` is held, and both pointers live as long as this does.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

    public init(_ value: consuming sending Value) {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe self.value.initialize(to: value)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe value.deinitialize(count: 1)
        unsafe value.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` alone.
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try unsafe body(&value.pointee)
    }

    /// Runs `body` alone, or gives `nil` at once where somebody else holds the lock.
    public borrowing func withLockIfAvailable<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard unsafe pthread_mutex_trylock(mutex) == 0 else { return nil }
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try unsafe body(&value.pointee)
    }
}
