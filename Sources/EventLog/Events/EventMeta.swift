public import JSON
public import System

/// Who did it, why, and what it belongs to. The same for all events of one command.
public struct EventMeta: Sendable, Hashable {
    /// Such as `admin`, or the name of a part of the system.
    public var actor: String
    /// The command that this event follows from.
    public var command: UUID
    /// What belongs together beyond one command, such as all of an import; the command itself unless said otherwise.
    public var correlation: UUID
    /// The command or position that led to this one, where something did.
    public var causation: String?
    public var requestID: String?
    /// The W3C trace context of the request.
    public var traceparent: String?
    /// In the actor's own words.
    public var reason: String?
    /// The address the request came from.
    public var client: String?
    /// Set where the client may repeat the command and wants the first answer again.
    public var idempotency: Idempotency?

    /// The client's name for a command, and what it asked for under that name.
    public struct Idempotency: Sendable, Hashable {
        public let key: String
        /// Tells whether a repetition asks for the same.
        public let fingerprint: String
        /// The place of the command in what was asked for; 0 where that is one command.
        public let part: Int

        public init(key: String, fingerprint: String, part: Int = 0) {
            self.key = key
            self.fingerprint = fingerprint
            self.part = part
        }
    }

    public init(actor: String, command: UUID) {
        self.actor = actor
        self.command = command
        correlation = command
    }
}

extension EventMeta: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("actor", actor)
            writer.field("command", command.description)
            writer.field("correlation", correlation.description)
            for (name, text) in [
                ("causation", causation), ("request_id", requestID), ("traceparent", traceparent),
                ("reason", reason), ("client", client),
            ] {
                if let text { writer.field(name, Self.storable(text)) }
            }
            if let idempotency {
                writer.field("idempotency_key", idempotency.key)
                writer.field("fingerprint", idempotency.fingerprint)
                if idempotency.part != 0 { writer.field("part", idempotency.part) }
            }
        }
    }
}

extension EventMeta {
    /// The same from the bytes of an event's meta.
    public init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes) else { return nil }
        self.init(json)
    }

    /// The log is looked up by what is in here, and PostgreSQL refuses to read any of it where one text holds U+0000.
    private static func storable(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    /// Reads what ``encode(into:)`` wrote; `nil` for anything that is no meta of ours.
    public init?(_ json: JSONValue) {
        guard let actor = json["actor"]?.string, let command = json["command"]?.string.flatMap({ UUID($0) }),
            let correlation = json["correlation"]?.string.flatMap({ UUID($0) })
        else { return nil }
        self.init(actor: actor, command: command)
        self.correlation = correlation
        causation = json["causation"]?.string
        requestID = json["request_id"]?.string
        traceparent = json["traceparent"]?.string
        reason = json["reason"]?.string
        client = json["client"]?.string
        if let key = json["idempotency_key"]?.string, let fingerprint = json["fingerprint"]?.string {
            idempotency = Idempotency(key: key, fingerprint: fingerprint, part: json["part"]?.integer ?? 0)
        }
    }
}
