internal import CLibpq
internal import Glibc
internal import Synchronization
internal import System

/// Lets any thread reach a connection's thread while that waits for the server.
///
/// Work on a connection is numbered, so that a cancellation that comes late cannot hit the next one's statement.
final class Interrupt: Sendable {
    private let event: FileDescriptor
    private let cancelled = Atomic<UInt64>(0)

    init() throws(PostgresError) {
        let number = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard number >= 0 else {
            throw PostgresError(.connectionRefused, "eventfd: \(SystemError.last("eventfd"))")
        }
        event = FileDescriptor(adopting: number)
    }

    var descriptor: Int32 { event.number }

    func cancel(_ work: UInt64) {
        cancelled.store(work, ordering: .releasing)
        wake()
    }

    func isCancelled(_ work: UInt64) -> Bool { cancelled.load(ordering: .acquiring) == work }

    func wake() { _ = eventfd_write(event.number, 1) }

    /// Blocks the thread for a while, or until it is woken.
    func wait(atMost duration: Duration) {
        var waited = pollfd(fd: event.number, events: Int16(POLLIN), revents: 0)
        if unsafe poll(&waited, 1, (Monotonic.now + duration).millisecondsLeft(from: .now)) > 0 { drain() }
    }

    func drain() {
        var count: eventfd_t = 0
        unsafe _ = eventfd_read(event.number, &count)
    }
}

/// The means to stop whatever runs on a connection, usable while the connection's own thread waits for it.
@safe final class CancelTicket: @unchecked Sendable {
    // Unchecked and safe: libpq only reads a PGcancel once it is made, and it is freed with the last reference.
    private let cancel: OpaquePointer
    private let interrupt: Interrupt
    private let pending = Atomic<Int>(0)

    init?(connection: OpaquePointer, interrupt: Interrupt) {
        guard let cancel = unsafe PQgetCancel(connection) else { return nil }
        unsafe self.cancel = cancel
        self.interrupt = interrupt
    }

    deinit { unsafe PQfreeCancel(cancel) }

    /// Whether every request that was sent has reached the server. Until then it could hit a later statement.
    var isSettled: Bool { pending.load(ordering: .acquiring) == 0 }

    /// Asks the server to stop, from its own thread: libpq makes a new connection for it and knows no time-out.
    func send() {
        pending.wrappingAdd(1, ordering: .acquiringAndReleasing)
        Thread.detach(name: "postgres-cancel") {
            unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
                unsafe _ = PQcancel(self.cancel, message.baseAddress, 256)
            }
            self.pending.wrappingSubtract(1, ordering: .acquiringAndReleasing)
            self.interrupt.wake()
        }
    }
}
