public import System

/// A finished span.
public struct SpanRecord: Sendable {
    /// Which side of a call the span is on, in OpenTelemetry's terms.
    public enum Kind: Sendable {
        /// Work within the process.
        case inside
        /// Answers a request.
        case server
        /// Makes a request.
        case client
        /// Hands work on for later.
        case producer
        /// Does work that was handed on.
        case consumer
    }

    public enum Status: Sendable, Equatable {
        case unset, ok
        case error(String)
    }

    public struct Attribute: Sendable, Equatable {
        public let name: String
        public internal(set) var value: SpanValue
    }

    public struct Event: Sendable {
        public let name: String
        public let time: Timestamp
        public let attributes: [Attribute]
    }

    public let name: String
    public let kind: Kind
    public let context: TraceContext
    /// Nil for the first span of a trace.
    public let parentSpanID: UInt64?
    public let start: Timestamp
    public internal(set) var duration: Duration = .zero
    public internal(set) var attributes: [Attribute] = []
    public internal(set) var events: [Event] = []
    public internal(set) var status = Status.unset
    /// How many did not fit into ``Span/attributesMax`` and ``Span/eventsMax``.
    public internal(set) var droppedAttributes = 0
    public internal(set) var droppedEvents = 0

    init(name: String, kind: Kind, context: TraceContext, parentSpanID: UInt64?, start: Timestamp) {
        self.name = name
        self.kind = kind
        self.context = context
        self.parentSpanID = parentSpanID
        self.start = start
    }

    public var end: Timestamp { start + duration }

    /// The value of an attribute, or nil.
    public subscript(_ name: String) -> SpanValue? { attributes.first { $0.name == name }?.value }
}

/// What an attribute can hold.
public enum SpanValue: Sendable, Equatable {
    case string(String)
    case integer(Int)
    case double(Double)
    case boolean(Bool)

    func redacted(named name: String) -> SpanValue {
        guard case .string(let text) = self else { return self }
        return .string(Redaction.isSecret(name) ? Redaction.mark : Redaction.redacted(text))
    }
}

extension SpanValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}
