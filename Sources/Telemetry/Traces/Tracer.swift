public import System

/// Starts spans and hands the finished ones on.
///
/// Give it to the code that begins a trace, such as the HTTP server; everything beneath calls the free
/// ``withSpan(_:kind:attributes:_:)`` and finds it in ``Ambient``.
public final class Tracer: Sendable {
    private let sink: any SpanSink
    private let wallClock: any WallClock
    private let clock: any Clock<Duration>
    private let rootSampling: Double
    private let generator: Lock<any RandomNumberGenerator & Sendable>

    /// - Parameters:
    ///   - sink: takes the finished spans of sampled traces.
    ///   - rootSampling: which share of the traces that begin here is recorded, 0 to 1. A caller's own decision, in
    ///     `traceparent`, is honoured.
    ///   - wallClock: dates the spans; `clock` measures them.
    public init(
        sink: any SpanSink, rootSampling: Double = 1, wallClock: any WallClock = SystemWallClock(),
        clock: any Clock<Duration> = ContinuousClock(),
        generator: any RandomNumberGenerator & Sendable = QuickRandom()
    ) {
        self.sink = sink
        self.wallClock = wallClock
        self.clock = clock
        self.rootSampling = rootSampling
        self.generator = Lock(generator)
    }

    /// The context of a span beneath `parent`, or of the first span of a new trace.
    public func context(beneath parent: TraceContext?) -> TraceContext {
        generator.withLock { generator in
            if let parent { return parent.child(using: &generator) }
            // The top 53 bits as a fraction below one.
            let isSampled = Double(generator.next() >> 11) * 0x1p-53 < rootSampling
            return .root(isSampled: isSampled, using: &generator)
        }
    }

    /// Runs `body` in a span beneath `parent`, or beneath the task's own when there is none given. What it throws is
    /// recorded as the span's error, and thrown on.
    public func withSpan<Result, Failure: Error>(
        _ name: String, kind: SpanRecord.Kind = .inside, parent: TraceContext? = Ambient.trace,
        attributes: KeyValuePairs<String, SpanValue> = [:], _ body: (Span) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let span = start(name, kind, parent, attributes)
        let result = Ambient.$tracer.withValue(self) {
            Ambient.$trace.withValue(span.context) { Swift.Result(catching: { () throws(Failure) in try body(span) }) }
        }
        if case .failure(let error) = result { span.fail(with: error) }
        span.end()
        return try result.get()
    }

    /// The same for a body that waits.
    public func withSpan<Result, Failure: Error>(
        _ name: String, kind: SpanRecord.Kind = .inside, parent: TraceContext? = Ambient.trace,
        attributes: KeyValuePairs<String, SpanValue> = [:], isolation: isolated (any Actor)? = #isolation,
        _ body: (Span) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let span = start(name, kind, parent, attributes)
        let result = await Ambient.$tracer.withValue(self) {
            await Ambient.$trace.withValue(span.context) { await outcome(of: body, span) }
        }
        if case .failure(let error) = result { span.fail(with: error) }
        span.end()
        return try result.get()
    }

    private func start(
        _ name: String, _ kind: SpanRecord.Kind, _ parent: TraceContext?,
        _ attributes: KeyValuePairs<String, SpanValue>
    ) -> Span {
        let context = context(beneath: parent)
        guard context.isSampled else { return Span(unrecorded: context) }
        let record = SpanRecord(
            name: name, kind: kind, context: context, parentSpanID: parent?.spanID, start: wallClock.now())
        let span = Span(record, sink: sink, elapsed: clock.stopwatch())
        for (name, value) in attributes { span.set(name, value) }
        return span
    }
}

private func outcome<Value, Failure: Error>(
    of body: (Span) async throws(Failure) -> Value, _ span: Span, isolation: isolated (any Actor)? = #isolation
) async -> Result<Value, Failure> {
    do throws(Failure) { return .success(try await body(span)) } catch { return .failure(error) }
}

/// Runs `body` in a span of the task's own tracer; without one, `body` just runs.
public func withSpan<Result, Failure: Error>(
    _ name: String, kind: SpanRecord.Kind = .inside, attributes: KeyValuePairs<String, SpanValue> = [:],
    _ body: (Span) throws(Failure) -> Result
) throws(Failure) -> Result {
    guard let tracer = Ambient.tracer else { return try body(.unrecorded) }
    return try tracer.withSpan(name, kind: kind, attributes: attributes, body)
}

/// The same for a body that waits.
public func withSpan<Result, Failure: Error>(
    _ name: String, kind: SpanRecord.Kind = .inside, attributes: KeyValuePairs<String, SpanValue> = [:],
    isolation: isolated (any Actor)? = #isolation, _ body: (Span) async throws(Failure) -> Result
) async throws(Failure) -> Result {
    guard let tracer = Ambient.tracer else { return try await body(.unrecorded) }
    return try await tracer.withSpan(name, kind: kind, attributes: attributes, body)
}
