import Catalogue
public import EventLog
public import JSON
public import System

/// Keeps record of long work in the log: who started it, how far it came, how it ended.
///
/// Everything that the work writes carries the operation's id as its correlation.
public struct Operation: Sendable {
    public let id: UUID
    private let service: EntityService
    private let actor: String
    private let reason: String?

    public init(_ service: EntityService, id: UUID? = nil, actor: String, reason: String? = nil) {
        self.service = service
        self.id = id ?? service.identifiers.next()
        self.actor = actor
        self.reason = reason
    }

    /// For a command that belongs to the work.
    public func meta() -> EventMeta {
        var meta = EventMeta(actor: actor, command: service.identifiers.next())
        meta.correlation = id
        meta.reason = reason
        return meta
    }

    /// - Parameter kind: such as `import`.
    public func start(_ kind: String, _ title: String, total: Int? = nil, parameters: JSONObject = [:]) async throws {
        var data: JSONObject = ["kind": .string(kind), "title": .string(title), "status": "running"]
        if let total { data["total"] = .integer(total) }
        if !parameters.isEmpty { data["parameters"] = .object(parameters) }
        try await record("started", data)
    }

    /// To be called now and then, not for each step: every call is an event.
    public func progress(done: Int) async throws { try await record("progressed", ["done": .integer(done)]) }

    public func complete(done: Int, result: JSONObject = [:]) async throws {
        try await record("completed", ["status": "completed", "done": .integer(done), "result": .object(result)])
    }

    /// Tells why the work ended early: someone stopped it, or it failed.
    ///
    /// What failed the work may well fail its record too; then the log has an operation that goes on for ever, and the
    /// first error is still the one to tell.
    public func giveUp(_ error: any Error) async {
        // A task that was cancelled can still tell that it was.
        _ = await Task {
            if error is CancellationError {
                try await record("cancelled", ["status": "cancelled"])
            } else {
                try await fail("\(error)")
            }
        }.result
    }

    /// - Parameter detail: what went wrong, as a sentence.
    private func fail(_ detail: String) async throws {
        try await record(
            "failed",
            ["status": "failed", "problem": ["title": "The work was given up", "detail": .string(detail)]])
    }

    private func record(_ verb: String, _ data: JSONObject) async throws {
        guard let type = service.catalogue[type: "operation"] else { return }
        _ = try await service.writer.submit(
            EntityCommand(.declared(verb: verb, .object(data)), on: id, of: type, meta: meta()))
    }
}
