internal import System

/// The span that is running. Attributes, events and errors may be added from any thread until it ends.
public final class Span: Sendable {
    public static let attributesMax = 128
    public static let eventsMax = 128

    /// What to hand on to those called from within this span.
    public let context: TraceContext
    private let sink: (any SpanSink)?
    private let elapsed: @Sendable () -> Duration
    /// Nil once the span has ended, or when nobody records it.
    private let record: Lock<SpanRecord?>

    init(_ record: SpanRecord, sink: any SpanSink, elapsed: @escaping @Sendable () -> Duration) {
        context = record.context
        self.sink = sink
        self.elapsed = elapsed
        self.record = Lock(record)
    }

    init(unrecorded context: TraceContext) {
        self.context = context
        sink = nil
        elapsed = { .zero }
        record = Lock(nil)
    }

    /// Stands in where nothing records. A caller's trace still continues through it.
    static var unrecorded: Span {
        Ambient.trace.map { Span(unrecorded: $0) } ?? nowhere
    }

    private static let nowhere = Span(
        unrecorded: TraceContext(traceID: UUID(high: 0, low: 0), spanID: 0, isSampled: false))

    /// Whether anything added here is kept; asks before costly attributes are gathered.
    public var isRecording: Bool { record.withLock { $0 != nil } }

    /// Sets an attribute, in place of an earlier one of that name. A name that tells a secret keeps its value to
    /// itself.
    public func set(_ name: String, _ value: SpanValue) {
        change { record in
            let value = value.redacted(named: name)
            if let known = record.attributes.firstIndex(where: { $0.name == name }) {
                record.attributes[known].value = value
            } else if record.attributes.count < Self.attributesMax {
                record.attributes.append(SpanRecord.Attribute(name: name, value: value))
            } else {
                record.droppedAttributes += 1
            }
        }
    }

    /// Notes that something happened now.
    public func add(event name: String, _ attributes: KeyValuePairs<String, SpanValue> = [:]) {
        change { record in
            guard record.events.count < Self.eventsMax else {
                record.droppedEvents += 1
                return
            }
            let attributes = attributes.prefix(Self.attributesMax).map { name, value in
                SpanRecord.Attribute(name: name, value: value.redacted(named: name))
            }
            record.events.append(
                SpanRecord.Event(name: name, time: record.start + elapsed(), attributes: attributes))
        }
    }

    /// Says how it went. Left alone, a span that throws is an error, and one that returns is unset.
    public func setStatus(_ status: SpanRecord.Status) {
        change { record in
            if case .error(let message) = status {
                record.status = .error(Redaction.redacted(message))
            } else {
                record.status = status
            }
        }
    }

    func fail(with error: any Error) {
        change { record in
            record.status = .error(Redaction.redacted(String(describing: error)))
            let type = SpanRecord.Attribute(
                name: "error.type", value: .string(String(reflecting: Swift.type(of: error))))
            if record.attributes.count < Self.attributesMax { record.attributes.append(type) }
        }
    }

    func end() {
        let finished = record.withLock { record in
            defer { record = nil }
            record?.duration = elapsed()
            return record
        }
        if let finished { sink?.write(finished) }
    }

    private func change(_ body: (inout SpanRecord) -> Void) {
        record.withLock { record in
            guard var changed = record else { return }
            // Taken out while it is changed, so that the arrays inside are changed in place.
            record = nil
            body(&changed)
            record = changed
        }
    }
}
