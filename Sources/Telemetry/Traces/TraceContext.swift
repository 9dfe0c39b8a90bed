public import System

/// Where in a distributed trace the current work stands (W3C Trace Context).
public struct TraceContext: Sendable, Hashable {
    /// Sixteen bytes shared by everything one request set off.
    public let traceID: UUID
    /// Eight bytes that name the current span.
    public let spanID: UInt64
    /// Whether the caller records this trace.
    public let isSampled: Bool

    public init(traceID: UUID, spanID: UInt64, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }
}

/// What travels with the current task into logs, queries and outgoing calls.
public enum Ambient {
    @TaskLocal public static var trace: TraceContext?
    @TaskLocal public static var requestID: String?
}
