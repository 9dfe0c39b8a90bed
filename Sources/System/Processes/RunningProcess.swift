internal import CLinux
internal import Glibc

/// A process that somebody started, held so that its number cannot come to mean another one.
public final class RunningProcess: Sendable {
    public let id: Int32
    private let handle: FileDescriptor

    /// `nil` when no such process runs, or when it has ended and nobody has reaped it yet.
    public init?(id: Int32) {
        guard id > 0 else { return nil }
        let number = lifeos_pidfd_open(id)
        guard number >= 0 else { return nil }
        self.id = id
        handle = FileDescriptor(adopting: number)
        if hasEnded { return nil }
    }

    public var hasEnded: Bool {
        var waiting = pollfd(fd: handle.number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, 0) > 0
    }

    /// Sends a signal; `false` when it has ended or belongs to a user that this one may not signal.
    @discardableResult public func signal(_ signal: Signal) -> Bool {
        lifeos_pidfd_send_signal(handle.number, signal.number) == 0
    }

    /// Waits for the end.
    ///
    /// - Returns: whether it came within the time.
    public func end(within timeout: Duration) async throws(CancellationError) -> Bool {
        let deadline = ContinuousClock.now.advanced(by: timeout)
        while !hasEnded {
            if ContinuousClock.now >= deadline { return false }
            // A short poll instead of a thread: this is used for a moment at start and at stop.
            do { try await Task.sleep(for: .milliseconds(2)) } catch { throw CancellationError() }
        }
        return true
    }

    /// The program's path; `nil` when it has ended or belongs to a user that this one may not look at.
    public var executable: String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/\(id)/exe", &bytes, bytes.count)
        guard count > 0, !hasEnded else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Where the process stands; `nil` as for ``executable``.
    public var workingDirectory: FileIdentity? {
        guard let identity = FileIdentity(of: "/proc/\(id)/cwd"), !hasEnded else { return nil }
        return identity
    }
}
