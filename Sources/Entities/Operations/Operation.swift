import Catalogue
public import EventLog
public import JSON
public import System

/// Long work that someone started, kept record of in the log: who, how far it came, how it ended.
///
///     try await Operation(service, actor: "mira").run(.init("import", "Import of a folder")) { operation in
///         try await operation.progress(done: 10)
///         …
///     }
///
/// While it runs, its process holds a lock, so that everyone can tell whether it still lives. Everything that the work
/// writes carries one correlation: the operation's id, or what the request gave that asked for the work.
public struct Operation: Sendable {
    public let id: UUID
    let service: EntityService
    let actor: String
    let reason: String?
    let request: EventMeta?
    /// Whether it was begun before, and cut off.
    let isResumed: Bool
    let state = OperationState()

    /// What is known of an operation at its start.
    public struct Brief: Sendable {
        /// Such as `import`.
        public var kind: String
        /// For people.
        public var title: String
        /// How many steps there are; default unknown.
        public var total: Int?
        /// With these and its kind alone it could be started again.
        public var parameters: JSONObject = [:]
        /// Of operations that name the same here, only one is under way at a time, on all nodes; default none is excluded.
        public var exclusion: String?
        /// The command that continues where this one stopped, should its process end; default there is none.
        public var resume: String?

        public init(
            _ kind: String, _ title: String, total: Int? = nil, parameters: JSONObject = [:],
            exclusion: String? = nil, resume: String? = nil
        ) {
            self.kind = kind
            self.title = title
            self.total = total
            self.parameters = parameters
            self.exclusion = exclusion
            self.resume = resume
        }
    }

    public init(_ service: EntityService, actor: String, reason: String? = nil) {
        self.service = service
        id = service.identifiers.next()
        self.actor = actor
        self.reason = reason
        request = nil
        isResumed = false
    }

    /// - Parameter request: what asked for the work: it is at its first event, and the others refer to it. Its
    ///   idempotency key is left out, since the work is more than one change.
    public init(_ service: EntityService, askedBy request: EventMeta) {
        self.service = service
        id = service.identifiers.next()
        actor = request.actor
        reason = request.reason
        var request = request
        request.idempotency = nil
        // A request that names no undertaking begins one: then all that belongs to the work is found by its id.
        if request.correlation == request.command { request.correlation = id }
        self.request = request
        isResumed = false
    }

    /// Continues with one that was cut off.
    public init(_ service: EntityService, resuming id: UUID, actor: String) {
        self.service = service
        self.id = id
        self.actor = actor
        reason = nil
        request = nil
        isResumed = true
    }

    /// For a command that belongs to the work.
    public func meta() -> EventMeta {
        var meta = EventMeta(actor: actor, command: service.identifiers.next())
        meta.correlation = request?.correlation ?? id
        meta.causation = request?.command.description
        meta.reason = reason
        return meta
    }

    /// Throws `CancellationError` where the work should stop: its task was cancelled, someone asked for it, or others took
    /// its process for dead. To be called wherever the work can stop.
    public func checkCancellation() throws {
        try Task.checkCancellation()
        if state.stop != nil { throw CancellationError() }
    }

    /// To be called now and then, not for each step: every call is an event.
    ///
    /// - Parameters:
    ///   - total: how many steps there are, where that was not known at the start.
    ///   - message: what happens right now.
    public func progress(done: Int, total: Int? = nil, message: String? = nil) async throws {
        try await progress(done: done, total: total, message: message, speed: nil)
    }

    func progress(done: Int, total: Int?, message: String?, speed: Pace.Speed?) async throws {
        var data: JSONObject = ["done": .integer(done)]
        if let total { data["total"] = .integer(total) }
        if let message { data["message"] = .string(message) }
        if let speed {
            if let rate = JSONNumber(speed.stepsPerSecond) { data["rate"] = .number(rate) }
            if let left = speed.secondsLeft { data["remaining_seconds"] = .integer(left) }
            state.noteSpeed()
        }
        _ = try await record("progressed", data, meta())
    }
}

/// What happens to an operation while it runs.
final class OperationState: Sendable {
    private let inner = Lock((stop: OperationStop?.none, hasSpeed: false))

    var stop: OperationStop? { inner.withLock { $0.stop } }
    var hasSpeed: Bool { inner.withLock { $0.hasSpeed } }

    /// The first reason counts, but whoever was disowned has nothing more to say.
    func note(_ stop: OperationStop) {
        inner.withLock { if $0.stop == nil || stop == .disowned { $0.stop = stop } }
    }

    func noteSpeed() { inner.withLock { $0.hasSpeed = true } }
}
