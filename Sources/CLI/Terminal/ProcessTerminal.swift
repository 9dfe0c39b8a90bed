internal import Glibc
public import System

/// The streams this process was started with.
public struct ProcessTerminal: Terminal {
    public init() {}

    /// Takes the numbers of streams that this process was started without, before anything else does: a database
    /// connection that became number 1 would be sent the results. Their use still fails.
    static func holdClosedStreams() {
        for stream in [StandardStream.input, .output, .errors] where fcntl(stream.rawValue, F_GETFD) < 0 {
            // The lowest free number is taken, which is this one. Opened the wrong way round, so that it stays unusable.
            _ = unsafe open("/dev/null", stream == .input ? O_WRONLY : O_RDONLY)
        }
    }

    public func isInteractive(_ stream: StandardStream) -> Bool { TerminalDevice.isTerminal(stream.rawValue) }

    public var columns: Int? {
        TerminalDevice.columns(of: StandardStream.output.rawValue)
            ?? TerminalDevice.columns(of: StandardStream.errors.rawValue)
    }

    public func write(_ text: String, to stream: StandardStream) throws(SystemError) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.span.extracting(done...).withUnsafeBytes {
                unsafe Glibc.write(stream.rawValue, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                // Someone who shares the stream made it non-blocking; this program has nothing else to do.
                var waiting = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&waiting, 1, -1)
            } else if errno != EINTR {
                throw .last("write", "standard \(stream)")
            }
        }
    }

    public func readLine() -> String? { Swift.readLine(strippingNewline: true) }
}
