internal import CLinux
internal import Glibc

/// A process that somebody started, held so that its number cannot come to mean another one.
public final class RunningProcess: Sendable {
    /// The number of this process itself.
    public static var ownID: Int32 { getpid() }

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

    /// The program's name, of which the kernel keeps 15 bytes; `nil` when it has ended. Everybody may know it.
    public var name: String? {
        guard let text = try? Files.readText("/proc/\(id)/comm", limit: 64), !hasEnded else { return nil }
        return String(text.dropLast())
    }

    /// Where the process stands; `nil` when it has ended or belongs to a user that this one may not look at.
    public var workingDirectory: FileIdentity? { look("cwd") }

    /// What its descriptor of this number leads to; `nil` as for ``workingDirectory``, and when it has none.
    public func descriptor(_ number: Int32) -> FileIdentity? { look("fd/\(number)") }

    private func look(_ place: String) -> FileIdentity? {
        guard let identity = FileIdentity(of: "/proc/\(id)/\(place)"), !hasEnded else { return nil }
        return identity
    }
}
