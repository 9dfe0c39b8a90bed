import Catalogue
public import EventLog
public import JSON
public import System

/// Keeps record of long work in the log: who started it, how far it came, how it ended.
///
/// Everything that the work writes carries one correlation: the operation's id, or what the request gave that asked
/// for the work.
public struct Operation: Sendable {
    public let id: UUID
    private let service: EntityService
    private let actor: String
    private let reason: String?
    private let request: EventMeta?

    public init(_ service: EntityService, actor: String, reason: String? = nil) {
        self.service = service
        id = service.identifiers.next()
        self.actor = actor
        self.reason = reason
        request = nil
    }

    /// - Parameter request: what asked for the work: it stands at its first event, and the others refer to it. Its
    ///   idempotency key is left out, since the work is more than one change.
    public init(_ service: EntityService, askedBy request: EventMeta) {
        self.service = service
        id = service.identifiers.next()
        actor = request.actor
        reason = nil
        var request = request
        request.idempotency = nil
        self.request = request
    }

    /// Goes on with one that was cut off.
    public init(_ service: EntityService, resuming id: UUID, actor: String) {
        self.service = service
        self.id = id
        self.actor = actor
        reason = nil
        request = nil
    }

    /// For a command that belongs to the work.
    public func meta() -> EventMeta {
        var meta = EventMeta(actor: actor, command: service.identifiers.next())
        meta.correlation = request?.correlation ?? id
        meta.causation = request?.command.description
        meta.reason = reason
        return meta
    }

    /// - Parameter kind: such as `import`.
    public func start(_ kind: String, _ title: String, total: Int? = nil, parameters: JSONObject = [:]) async throws {
        var data: JSONObject = ["kind": .string(kind), "title": .string(title), "status": "running"]
        if let total { data["total"] = .integer(total) }
        if !parameters.isEmpty { data["parameters"] = .object(parameters) }
        try await record("started", data, request ?? meta())
    }

    /// To be called now and then, not for each step: every call is an event.
    ///
    /// - Parameters:
    ///   - total: how many steps there are, where that was not known at the start.
    ///   - message: what happens right now.
    public func progress(done: Int, total: Int? = nil, message: String? = nil) async throws {
        var data: JSONObject = ["done": .integer(done)]
        if let total { data["total"] = .integer(total) }
        if let message { data["message"] = .string(message) }
        try await record("progressed", data, meta())
    }

    /// - Parameter done: how many steps were done; nil where the last progress has said it.
    public func complete(done: Int? = nil, result: JSONObject = [:]) async throws {
        var data: JSONObject = ["status": "completed", "result": .object(result)]
        if let done { data["done"] = .integer(done) }
        // A task that was cancelled too late can still tell that it came to its end.
        try await Task { try await record("completed", data, meta()) }.value
    }

    /// Tells why the work ended early: someone stopped it, or it failed.
    ///
    /// What failed the work may well fail its record too; then the log has an operation that goes on for ever, and the
    /// first error is still the one to tell.
    ///
    /// - Parameter whenStopped: what to say where someone stopped it.
    /// - Returns: why that could not be recorded; nil where it was.
    @discardableResult
    public func giveUp(_ error: any Error, whenStopped message: String? = nil) async -> (any Error)? {
        let verb: String
        var data: JSONObject
        if error is CancellationError || Task.isCancelled {
            verb = "cancelled"
            data = ["status": "cancelled"]
            if let message { data["message"] = .string(message) }
        } else {
            verb = "failed"
            data = ["status": "failed", "problem": ["title": "The work was given up", "detail": .string("\(error)")]]
        }
        let last = data
        // A task that was cancelled can still tell that it was.
        let told = await Task { try await record(verb, last, meta()) }.result
        if case .failure(let failure) = told { return failure }
        return nil
    }

    private func record(_ verb: String, _ data: JSONObject, _ meta: EventMeta) async throws {
        guard let type = service.catalogue[type: "operation"] else { return }
        var command = EntityCommand(.declared(verb: verb, .object(data)), on: id, of: type, meta: meta)
        command.isFresh = verb == "started"
        _ = try await service.writer.submit(command)
    }
}
