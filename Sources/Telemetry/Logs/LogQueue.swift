internal import Glibc
internal import System

/// Rendered lines on their way to the thread that writes them.
final class LogQueue: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var lines: UInt64 = 0
        /// Lines lost since the log last told of it.
        var dropped: UInt64 = 0
        var isWriting = false
        var isClosed = false
    }

    private struct Batch {
        let bytes: [UInt8]
        let lines: UInt64
    }

    private static let gatheringMicroseconds: UInt32 = 2_000

    private let format: LogFormat
    private let clock: any WallClock
    private let bytesMax: Int
    private let written: [Counter]
    private let droppedByQueue: Counter
    private let droppedByWrite: Counter
    private let state = Monitor(State())

    init(format: LogFormat, metrics: Metrics, clock: any WallClock, bytesMax: Int) {
        self.format = format
        self.clock = clock
        self.bytesMax = bytesMax
        let lines = metrics.counter(
            "lifeos_logger_lines_total", help: "Log lines accepted for writing.", labels: ["level"])
        written = Logger.Level.allCases.map { lines.with($0.description) }
        let dropped = metrics.counter(
            "lifeos_logger_dropped_lines_total",
            help: "Lines lost because the queue was full or the write failed.", labels: ["reason"])
        droppedByQueue = dropped.with("queue_full")
        droppedByWrite = dropped.with("write_failed")
    }

    func append(_ line: [UInt8], level: Logger.Level) {
        let fits = state.withLock { state in
            guard state.bytes.count + line.count <= bytesMax, !state.isClosed else {
                state.dropped += 1
                return false
            }
            state.bytes += line
            state.lines += 1
            return true
        }
        (fits ? written[level.rawValue] : droppedByQueue).increment()
    }

    func close() {
        state.withLock { $0.isClosed = true }
    }

    func flush(atMost limit: Duration) {
        _ = state.wait(until: { $0.bytes.isEmpty && $0.dropped == 0 && !$0.isWriting }, atMost: limit) { _ in }
    }

    /// The writer thread's whole life. The descriptor closes at its end.
    func writeUntilClosed(to descriptor: consuming FileDescriptor) {
        let number = descriptor.number
        writeUntilClosed { Self.write($0, to: number) }
        _ = consume descriptor
    }

    /// The same, for any destination.
    func writeUntilClosed(_ write: ([UInt8]) -> Bool) {
        while let batch = nextBatch() {
            if !write(batch.bytes) { droppedByWrite.increment(by: batch.lines) }
            state.withLock { $0.isWriting = false }
            // Lets the next lines gather: waking this thread for each would cost its writer more than the line does.
            usleep(Self.gatheringMicroseconds)
        }
    }

    private func nextBatch() -> Batch? {
        state.wait(until: { !$0.bytes.isEmpty || $0.dropped > 0 || $0.isClosed }) { state in
            if state.bytes.isEmpty, state.dropped == 0 { return nil }
            var batch = state.bytes
            if state.dropped > 0 { batch += format.render(lossNotice(of: state.dropped)) }
            defer {
                state.bytes = []
                (state.lines, state.dropped) = (0, 0)
                state.isWriting = true
            }
            return Batch(bytes: batch, lines: state.lines)
        }
    }

    private func lossNotice(of dropped: UInt64) -> Logger.Entry {
        Logger.Entry(
            time: clock.now(), level: .warning, module: "log",
            message: "Lines were dropped because whatever reads the log is too slow; lower LIFEOS_LOG or find out why",
            fields: [Logger.Entry.Field("dropped_lines", dropped)], requestID: nil, trace: nil)
    }

    /// Whether all of it was written. Waits when the descriptor is non-blocking, as a shared terminal can be.
    private static func write(_ bytes: [UInt8], to number: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                return unsafe Glibc.write(number, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                var readiness = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&readiness, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
