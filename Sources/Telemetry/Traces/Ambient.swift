/// What travels with the current task into logs, queries and outgoing calls.
public enum Ambient {
    @TaskLocal public static var trace: TraceContext?
    @TaskLocal public static var requestID: String?
    /// Records the spans of this task; ``withSpan(_:kind:attributes:isolation:_:)`` asks it.
    @TaskLocal public static var tracer: Tracer?
}
