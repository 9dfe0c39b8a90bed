import Catalogue
public import Entities
import EventLog
import HTTPServer
import JSON
public import Projections
import Synchronization
import System
public import Telemetry

/// Rebuilds and checks that someone asked for: one at a time, in the background, each recorded as an `operation`.
public final class ProjectionOperations: Sendable {
    enum Work: Sendable {
        /// All projections where none is named.
        case rebuild([String]?)
        case check

        var kind: String { if case .check = self { "projection_check" } else { "projection_rebuild" } }
        var title: String { if case .check = self { "Check of projections" } else { "Rebuild of projections" } }
    }

    /// Between two events that say how far the work is: the log is no place for every step.
    private static let progressInterval: Duration = .seconds(5)

    let service: EntityService
    let set: ProjectionSet
    private let fold: EntityFold
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let running = Lock<(id: UUID, task: Task<Void, Never>)?>(nil)

    public init(
        service: EntityService, files: [ProjectionFile], logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.service = service
        set = ProjectionSet(files: files, catalogue: service.catalogue)
        fold = EntityFold(catalogue: service.catalogue, files: files)
        self.logger = logger
        self.clock = clock
    }

    /// The operation that is under way on this node.
    var current: UUID? { running.withLock { $0?.id } }

    /// Begins the work and returns the operation that tells of it.
    func start(_ work: Work, _ meta: EventMeta) async throws -> UUID {
        let id = service.identifiers.next()
        let isFree = running.withLock { running in
            if running != nil { return false }
            // Taken before anything is awaited, so that nobody comes between.
            running = (id, Task {})
            return true
        }
        guard isFree else {
            throw Problem.conflict("A rebuild or check is under way already. Wait until it is done, then ask again.")
        }
        do {
            var parameters = JSONObject()
            if case .rebuild(let names?) = work { parameters["names"] = .array(names.map { .string($0) }) }
            try await record(
                id, "started",
                [
                    "kind": .string(work.kind), "title": .string(work.title), "status": "running",
                    "parameters": .object(parameters),
                ], meta)
        } catch {
            running.withLock { $0 = nil }
            throw error
        }
        running.withLock { $0 = (id, Task { await self.run(work, id, meta) }) }
        return id
    }

    /// Ends what is under way, which leaves everything as it was. To be called while entities can still be written.
    public func stop() async {
        guard let task = running.withLock({ $0?.task }) else { return }
        task.cancel()
        await task.value
    }

    private func run(_ work: Work, _ id: UUID, _ meta: EventMeta) async {
        let (steps, report) = AsyncStream.makeStream(of: ProjectionProgress.self, bufferingPolicy: .bufferingNewest(1))
        let recorder = Task {
            for await step in steps {
                try await record(id, "progressed", Self.progressed(step), meta)
                try await clock.sleep(for: Self.progressInterval)
            }
        }
        var end: (verb: String, data: JSONObject)
        do {
            end = ("completed", ["status": "completed", "result": try await carryOut(work) { report.yield($0) }])
        } catch {
            let isStopped = Task.isCancelled
            end = (
                isStopped ? "cancelled" : "failed", ["status": .string(isStopped ? "cancelled" : "failed")]
            )
            if isStopped {
                end.data["message"] = "It was stopped. Nothing was changed."
            } else {
                end.data["problem"] = ["title": "The work could not be done.", "detail": .string("\(error)")]
            }
        }
        report.finish()
        recorder.cancel()
        _ = await recorder.result
        // Even a cancelled task tells how it ended.
        let last = end
        let told = await Task { try await self.record(id, last.verb, last.data, meta) }.result
        if case .failure(let error) = told {
            logger.error("the end of an operation was not recorded", ["operation": "\(id)", "error": "\(error)"])
        }
        running.withLock { $0 = nil }
    }

    private func carryOut(
        _ work: Work, _ progress: @escaping @Sendable (ProjectionProgress) -> Void
    ) async throws -> JSONValue {
        switch work {
        case .rebuild(let names):
            let rebuilder = Rebuilder(set: set, fold: fold, pool: service.pool, logger: logger)
            let report = try await rebuilder.rebuild(names, progress: progress)
            return [
                "names": .array(report.names.map { .string($0) }), "position": .integer(report.position),
                "events": .integer(report.events), "rows": .integer(report.rows),
                "old_schema": .string(report.oldSchema),
            ]
        case .check:
            let report = try await Checker(set: set, fold: fold, pool: service.pool).check(progress: progress)
            return report.json
        }
    }

    private static func progressed(_ step: ProjectionProgress) -> JSONObject {
        var data: JSONObject = ["message": .string(step.phase.rawValue), "done": .integer(step.eventsDone)]
        if step.eventsTotal > 0 { data["total"] = .integer(step.eventsTotal) }
        return data
    }

    private func record(_ id: UUID, _ verb: String, _ data: JSONObject, _ first: EventMeta) async throws {
        guard let type = service.catalogue[type: "operation"] else {
            throw Problem.notFound("The catalogue has no operations. Put events/system/operation.json back.")
        }
        var meta = first
        if verb != "started" {
            meta = EventMeta(actor: first.actor, command: service.identifiers.next())
            meta.correlation = first.correlation
            meta.causation = first.command.description
        }
        meta.idempotency = nil
        var command = EntityCommand(.declared(verb: verb, .object(data)), on: id, of: type, meta: meta)
        command.isFresh = verb == "started"
        _ = try await service.writer.submit(command)
    }
}

extension CheckReport {
    /// For the record of the operation.
    fileprivate var json: JSONValue {
        [
            "is_clean": .bool(isClean), "position": .integer(position),
            "projections": .array(
                projections.map { projection in
                    [
                        "name": .string(projection.name), "is_same": .bool(projection.isSame),
                        "live_rows": .integer(projection.liveRows), "rebuilt_rows": .integer(projection.rebuiltRows),
                        "differences": .array(
                            projection.differences.map { difference in
                                [
                                    "kind": .string(difference.kind.rawValue),
                                    "row": .array(difference.key.map { .string($0) }),
                                    "columns": .array(difference.columns.map { .string($0) }),
                                ]
                            }),
                    ]
                }),
        ]
    }
}
