public import System

/// Where in a distributed trace the current work stands (W3C Trace Context).
public struct TraceContext: Sendable, Hashable {
    /// Sixteen bytes shared by everything one request set off; never all zero.
    public let traceID: UUID
    /// Eight bytes that name the current span; never zero.
    public let spanID: UInt64
    /// Whether the caller records this trace.
    public let isSampled: Bool
    /// What other systems want carried along unread.
    public let state: TraceState

    public init(traceID: UUID, spanID: UInt64, isSampled: Bool, state: TraceState = TraceState()) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// The first span of a new trace.
    public static func root(
        isSampled: Bool = true, using generator: inout some RandomNumberGenerator
    ) -> TraceContext {
        let traceID = UUID(high: nonzero(&generator), low: generator.next())
        return TraceContext(traceID: traceID, spanID: nonzero(&generator), isSampled: isSampled)
    }

    /// A span beneath this one, in the same trace.
    public func child(using generator: inout some RandomNumberGenerator) -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.nonzero(&generator), isSampled: isSampled, state: state)
    }

    private static func nonzero(_ generator: inout some RandomNumberGenerator) -> UInt64 {
        while true {
            let number = generator.next() as UInt64
            if number != 0 { return number }
        }
    }
}
