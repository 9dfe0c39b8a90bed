internal import System

/// Takes finished spans, to keep or to export them. Called from any thread; it must be quick and must never wait.
public protocol SpanSink: Sendable {
    func write(_ span: SpanRecord)
}

/// The last finished spans in memory. The oldest go first; how many went unread is counted.
public final class SpanRing: SpanSink {
    private struct State {
        var spans: [SpanRecord] = []
        /// Where the oldest span lies once the ring is full.
        var oldest = 0
        var overwritten: UInt64 = 0
    }

    private let spansMax: Int
    private let state = Lock(State())

    public init(spansMax: Int = 2_048) {
        precondition(spansMax > 0, "a ring holds at least one span")
        self.spansMax = spansMax
    }

    public func write(_ span: SpanRecord) {
        state.withLock { state in
            if state.spans.count < spansMax { return state.spans.append(span) }
            state.spans[state.oldest] = span
            state.oldest = (state.oldest + 1) % spansMax
            state.overwritten += 1
        }
    }

    /// Oldest first.
    public var spans: [SpanRecord] {
        state.withLock { Array($0.spans[$0.oldest...] + $0.spans[..<$0.oldest]) }
    }

    /// Takes everything out, oldest first, for an exporter that sends in batches.
    public func drain() -> [SpanRecord] {
        state.withLock { state in
            defer { (state.spans, state.oldest) = ([], 0) }
            return Array(state.spans[state.oldest...] + state.spans[..<state.oldest])
        }
    }

    /// Spans that were overwritten before anyone drained them.
    public var overwritten: UInt64 { state.withLock(\.overwritten) }
}
