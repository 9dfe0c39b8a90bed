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
    private let running = Lock<Running?>(nil)

    private struct Running: Sendable {
        let id: UUID
        let task: Task<Void, Never>
        /// Whether only the record of its end is left to write: those who read that may begin anew at once.
        var isEnding = false
    }

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
        if let ending = running.withLock({ $0?.isEnding == true ? $0?.task : nil }) { await ending.value }
        let operation = Entities.Operation(service, askedBy: meta)
        let isFree = running.withLock { running in
            if running != nil { return false }
            // Taken before anything is awaited, so that nobody comes between.
            running = Running(id: operation.id, task: Task {})
            return true
        }
        guard isFree else {
            throw Problem.conflict("A rebuild or check is under way already. Wait until it is done, then ask again.")
        }
        do {
            var parameters = JSONObject()
            if case .rebuild(let names?) = work { parameters["names"] = .array(names.map { .string($0) }) }
            try await operation.start(work.kind, work.title, parameters: parameters)
        } catch {
            running.withLock { $0 = nil }
            throw error
        }
        running.withLock { $0 = Running(id: operation.id, task: Task { await self.run(work, operation) }) }
        return operation.id
    }

    /// Ends what is under way, which leaves everything as it was. To be called while entities can still be written.
    public func stop() async {
        guard let task = running.withLock({ $0?.task }) else { return }
        task.cancel()
        await task.value
    }

    private func run(_ work: Work, _ operation: Entities.Operation) async {
        let (steps, report) = AsyncStream.makeStream(of: ProjectionProgress.self, bufferingPolicy: .bufferingNewest(1))
        let recorder = Task {
            for await step in steps {
                try await operation.progress(
                    done: step.eventsDone, total: step.eventsTotal > 0 ? step.eventsTotal : nil,
                    message: step.phase.rawValue)
                try await clock.sleep(for: Self.progressInterval)
            }
        }
        let end: Result<JSONObject, any Error>
        do { end = .success(try await carryOut(work) { report.yield($0) }) } catch { end = .failure(error) }
        report.finish()
        recorder.cancel()
        _ = await recorder.result
        running.withLock { $0?.isEnding = true }
        if let failure = await tell(end, of: operation) {
            logger.error(
                "the end of an operation was not recorded", ["operation": "\(operation.id)", "error": "\(failure)"])
        }
        running.withLock { $0 = nil }
    }

    /// - Returns: why that could not be recorded; nil where it was.
    private func tell(_ end: Result<JSONObject, any Error>, of operation: Entities.Operation) async -> (any Error)? {
        switch end {
        case .success(let result):
            do { try await operation.complete(result: result) } catch { return error }
            return nil
        case .failure(let error):
            return await operation.giveUp(error, whenStopped: "It was stopped. Nothing was changed.")
        }
    }

    private func carryOut(
        _ work: Work, _ progress: @escaping @Sendable (ProjectionProgress) -> Void
    ) async throws -> JSONObject {
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
}

extension CheckReport {
    /// For the record of the operation.
    fileprivate var json: JSONObject {
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
