internal import Glibc
public import System

/// Writes lines to a descriptor from its own thread, so that a slow disk or a stalled pipe never holds up a
/// request.
///
/// Lines wait in a bounded queue. When it is full, new lines are dropped, counted, and the loss is told in the log as
/// soon as there is room. The writer ends with this object, after what is in the queue; call ``flush(atMost:)`` before
/// the process ends.
public final class LogWriter: LogSink {
    private let format: LogFormat
    private let queue: LogQueue

    /// - Parameters:
    ///   - descriptor: is closed with the writer.
    ///   - queueBytesMax: how much may wait; 1 MiB is about 5,000 lines.
    public init(
        to descriptor: consuming FileDescriptor, as format: LogFormat, metrics: Metrics,
        clock: any WallClock = SystemWallClock(), queueBytesMax: Int = 1 << 20
    ) {
        let queue = LogQueue(format: format, metrics: metrics, clock: clock, bytesMax: queueBytesMax)
        let number = descriptor.release()
        Thread.detach(name: "log") {
            queue.writeUntilClosed(to: FileDescriptor(adopting: number))
        }
        self.format = format
        self.queue = queue
    }

    /// - Parameter write: takes whole lines, on the writer's own thread, and returns whether it wrote them all. For a stream
    ///   that others write to as well, such as a terminal with a progress bar.
    public init(
        as format: LogFormat, metrics: Metrics, clock: any WallClock = SystemWallClock(), queueBytesMax: Int = 1 << 20,
        write: @escaping @Sendable (_ lines: [UInt8]) -> Bool
    ) {
        let queue = LogQueue(format: format, metrics: metrics, clock: clock, bytesMax: queueBytesMax)
        Thread.detach(name: "log") { queue.writeUntilClosed(write) }
        self.format = format
        self.queue = queue
    }

    deinit { queue.close() }

    /// Writes to standard error: for people on a terminal, as JSON elsewhere.
    public static func standardError(metrics: Metrics, wantsColour: Bool = true) throws(SystemError) -> LogWriter {
        let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .last("dup", "standard error") }
        let format = LogFormat.suited(to: copy, wantsColour: wantsColour)
        return LogWriter(to: FileDescriptor(adopting: copy), as: format, metrics: metrics)
    }

    public func write(_ entry: Logger.Entry) {
        queue.append(format.render(entry), level: entry.level)
    }

    public func flush(atMost limit: Duration) { queue.flush(atMost: limit) }
}
