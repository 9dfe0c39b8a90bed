/// Takes the lines of a ``Logger``. Called from any thread, so it must be quick and must never wait.
public protocol LogSink: Sendable {
    func write(_ entry: Logger.Entry)
    /// Waits until what was written so far is out, but no longer than `limit`. Does nothing by default.
    func flush(atMost limit: Duration)
}

extension LogSink {
    public func flush(atMost limit: Duration) {}
}

struct ClosureSink: LogSink {
    let closure: @Sendable (Logger.Entry) -> Void

    func write(_ entry: Logger.Entry) { closure(entry) }
}
