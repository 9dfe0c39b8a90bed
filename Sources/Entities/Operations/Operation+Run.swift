import Catalogue
import Commands
import EventLog
public import JSON
import System

/// How it begins and ends.
extension Operation {
    /// Does the work, and records how it went: started (or resumed), then completed, cancelled or failed.
    ///
    /// What failed the work may well fail its record too. Then the first error is still the one that is thrown, and as
    /// nobody holds its lock any more, the operation is recorded as failed later.
    ///
    /// - Parameters:
    ///   - result: what to record of what came out; default nothing.
    ///   - whenStopped: what to say where someone stopped it.
    ///   - recording: whether it is carried out where the log cannot be written to. Default not.
    ///   - body: calls ``progress(done:total:message:)`` now and then, and ``checkCancellation()`` where it can stop.
    /// - Throws: ``OperationRefusal`` where it cannot begin, and whatever `body` throws.
    @discardableResult
    public func run<Value>(
        _ brief: Brief, telling result: (Value) -> JSONObject = { _ in [:] }, whenStopped: String? = nil,
        recording: Recording = .required, isolation: isolated (any Actor)? = #isolation,
        _ body: (Operation) async throws -> Value
    ) async throws -> Value {
        if case .optional(let obstacle, let unrecorded) = recording {
            return try await runOptionally(
                brief, obstacle: obstacle, telling: result, whenStopped: whenStopped, isolation: isolation,
                unrecorded: unrecorded, body)
        }
        _ = try await begin(brief, waits: true) { _ in }
        do {
            let value = try await body(self)
            try await complete(result(value), done: brief.total)
            return value
        } catch {
            await giveUp(error, whenStopped: whenStopped)
            throw error
        }
    }

    /// Takes its locks and records its start.
    ///
    /// - Parameters:
    ///   - waits: whether to wait until it is clear what became of one that excludes this one and that nobody carries.
    ///   - stop: called when it has to stop; what it is told is known to the operation already.
    /// - Returns: where its first event is in the log.
    func begin(
        _ brief: Brief, waits: Bool, stop: @escaping @Sendable (OperationStop) -> Void
    ) async throws -> Int {
        // A catalogue of one's own may have none; then there is nothing to keep record in.
        guard let type = service.catalogue[type: "operation"] else { return 0 }
        let missing = Self.verbs.filter { type.event(verb: $0)?.isRetired != false }
        if !missing.isEmpty { throw OperationRefusal.undeclared(missing) }
        if let group = brief.exclusion { try await service.undertaker.settle(group, except: id, waits: waits) }
        let state = state
        let isFree = try await service.lifeline.hold(id, group: brief.exclusion) { reason in
            state.note(reason)
            stop(reason)
        }
        guard isFree else { throw OperationRefusal.busy(isResumed && brief.exclusion == nil ? id : nil) }
        do { return try await recordStart(brief) } catch {
            await service.lifeline.release(id)
            throw error
        }
    }

    /// All that may have to be said of one.
    private static let verbs = [
        "started", "resumed", "progressed", "cancel_requested", "completed", "failed", "cancelled",
    ]

    private func recordStart(_ brief: Brief) async throws -> Int {
        if isResumed {
            return try await record("resumed", ["status": "running", "message": .null, "problem": .null], meta())
        }
        var data: JSONObject = ["kind": .string(brief.kind), "title": .string(brief.title), "status": "running"]
        if let total = brief.total { data["total"] = .integer(total) }
        if !brief.parameters.isEmpty { data["parameters"] = .object(brief.parameters) }
        if let exclusion = brief.exclusion { data["exclusion"] = .string(exclusion) }
        if let resume = brief.resume { data["resume"] = .string(resume) }
        return try await record("started", data, request ?? meta())
    }

    /// Asks the work to stop.
    func stop(_ reason: OperationStop) { state.note(reason) }

    /// - Parameter done: how many steps were done; nil where the last progress has said it.
    func complete(_ result: JSONObject, done: Int? = nil) async throws {
        var data: JSONObject = ["status": "completed", "result": .object(result)]
        if let done { data["done"] = .integer(done) }
        if state.hasSpeed { data["remaining_seconds"] = 0 }
        let last = data
        // Work that was cancelled too late can still tell that it came to its end.
        try await Task {
            await service.lifeline.releaseGroup(of: id)
            _ = try await record("completed", last, meta())
            await service.lifeline.release(id)
        }.value
    }

    /// - Returns: why its end could not be recorded; nil where it was.
    @discardableResult
    func giveUp(_ error: any Error, whenStopped message: String?) async -> (any Error)? {
        let isStopped = error is CancellationError || Task.isCancelled || state.stop != nil
        let (verb, data) =
            isStopped ? ("cancelled", cancelled(message)) : ("failed", Self.failed(error))
        // A task that was cancelled can still tell that it was.
        return await Task {
            await service.lifeline.releaseGroup(of: id)
            var failure: (any Error)?
            // Of one that was taken for dead, that is in the log already.
            if state.stop != .disowned {
                do { _ = try await record(verb, data, meta()) } catch { failure = error }
            }
            await service.lifeline.release(id)
            return failure
        }.value
    }

    private func cancelled(_ message: String?) -> JSONObject {
        let message = [state.stop?.sentence, message].compactMap { $0 }.joined(separator: " ")
        return message.isEmpty ? ["status": "cancelled"] : ["status": "cancelled", "message": .string(message)]
    }

    private static func failed(_ error: any Error) -> JSONObject {
        ["status": "failed", "problem": ["title": "The work was given up", "detail": .string("\(error)")]]
    }

    func record(_ verb: String, _ data: JSONObject, _ meta: EventMeta) async throws -> Int {
        guard let type = service.catalogue[type: "operation"] else { return 0 }
        var command = EntityCommand(.declared(verb: verb, .object(data)), on: id, of: type, meta: meta)
        command.isFresh = verb == "started"
        // The end of long work has to be told however much others want to write.
        switch try await service.writer.submit(command, whenFull: .wait) {
        case .created(let changed), .changed(let changed), .unchanged(let changed): return changed.entity.position
        case .repeated: return 0
        }
    }
}
