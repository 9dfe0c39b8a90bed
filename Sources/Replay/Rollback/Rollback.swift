import Catalogue
import Commands
public import Entities
import EventLog
import JSON
import Postgres
public import System

/// Makes entities again what they were, by new events: nothing is deleted, and a rollback can itself be undone.
///
/// A dry run and a run read the same positions of the log, so they find the same. What is changed by others while it runs is
/// left alone, since every entity is expected to have the version it was worked out for.
public struct Rollback: Sendable {
    private let service: EntityService
    private let reader: ChangeReader

    /// Between two tellings of how far a dry run is.
    static let stepsPerProgress = 256
    /// Between two records of how far it is.
    static let stepsPerRecord = 10_000

    public init(_ service: EntityService) {
        self.service = service
        reader = ChangeReader(pool: service.pool, catalogue: service.catalogue)
    }

    public typealias Progress = @Sendable (_ entities: Int, _ total: Int) -> Void

    /// Tells what ``run(_:as:reason:progress:)`` would do.
    ///
    /// - Parameter each: gets one step after the other, in the order of the entities' ids.
    public func dryRun(
        _ order: RollbackOrder, progress: Progress = { _, _ in }, each: (RollbackStep) -> Void = { _ in }
    ) async throws -> RollbackReport {
        let total = try await entityCount(order.scope)
        var tally = RollbackTally()
        var seen = 0
        try await forEachStep(of: order) { step, change in
            seen += 1
            guard let step else { return }
            tally.add(step, change)
            each(step)
            if seen % Self.stepsPerProgress == 0 { progress(seen, total) }
        }
        progress(total, total)
        return try await tally.finish(service.pool)
    }

    /// Carries it out as one operation, whose id all its events carry as their correlation.
    ///
    /// - Parameter operation: has not been started yet.
    /// - Throws: what the writer throws. What was done until then stays, and ``resume(_:actor:progress:)`` does the rest.
    public func run(
        _ order: RollbackOrder, as operation: Operation, progress: Progress = { _, _ in }
    ) async throws -> RollbackReport {
        try await carryOut(order, as: operation, without: [], progress)
    }

    /// Continues with a rollback that was cut off.
    public func resume(
        _ id: UUID, actor: String, progress: Progress = { _, _ in }
    ) async throws -> RollbackReport {
        guard let type = service.catalogue[type: "operation"],
            let document = try await EntityReader(pool: service.pool, catalogue: service.catalogue).find(id, of: type),
            let data = try JSONValue(parsing: document)["data"],
            let kind = data["kind"]?.string.flatMap(RollbackOrder.Kind.init),
            let parameters = data["parameters"], let order = RollbackOrder(kind, parameters)
        else { throw RollbackProblem.noSuchRollback(id) }
        if data["status"] == "completed" { throw RollbackProblem.completed(id) }
        let done = try await service.pool.query(
            "rollback_done",
            """
            SELECT DISTINCT stream FROM log.events
            WHERE meta->>'correlation' = \(id.description) AND position > \(Int64(order.scope.upTo))
            """
        ).decode(UUID.self)
        let operation = Operation(service, resuming: id, actor: actor)
        return try await carryOut(order, as: operation, without: Set(done), progress)
    }

    private func carryOut(
        _ order: RollbackOrder, as operation: Operation, without done: Set<UUID>, _ progress: Progress
    ) async throws -> RollbackReport {
        let total = try await entityCount(order.scope)
        let resume = Self.resume(operation.id)
        let brief = Operation.Brief(
            order.kind.rawValue, order.title, total: total, parameters: order.json, exclusion: Self.exclusion,
            resume: resume)
        return try await operation.run(brief, telling: \.json, whenStopped: "To go on, run: \(resume)") { operation in
            try await work(on: order, within: operation, without: done, progress)
        }
    }

    /// Of rollbacks and undos one is under way at a time.
    public static let exclusion = "rollback"

    /// The command that continues with a rollback that was cut off.
    public static func resume(_ id: UUID) -> String { "lifeos rollback --resume \(id)" }

    /// Carries it out within an operation that others begin and end.
    ///
    /// - Parameter done: the entities that were restored before it was cut off.
    public func work(
        on order: RollbackOrder, within operation: Operation, without done: Set<UUID> = [],
        _ progress: Progress = { _, _ in }
    ) async throws -> RollbackReport {
        let total = try await entityCount(order.scope)
        var run = Run(service: service, operation: operation)
        var (seen, recorded) = (0, 0)
        try await forEachStep(of: order) { step, change in
            seen += 1
            guard let step else { return }
            run.tally.add(step, change)
            if !step.restoration.isEmpty, !done.contains(step.id) { run.add(step, change.type) }
            if !run.portion.isFull { return }
            try operation.checkCancellation()
            try await run.restore()
            progress(seen, total)
            if seen - recorded >= Self.stepsPerRecord {
                try await operation.progress(done: seen)
                recorded = seen
            }
        }
        try await run.restore()
        progress(total, total)
        var report = try await run.tally.finish(service.pool)
        report.overtaken = run.overtaken
        report.refused = run.refused
        return report
    }

    /// One after the other, with a step where there is something to do.
    private func forEachStep(
        of order: RollbackOrder, _ body: (RollbackStep?, StreamChange) async throws -> Void
    ) async throws {
        let planner = RollbackPlanner(isForced: order.isForced)
        for try await changes in try await reader.changes(in: order.scope) {
            try Task.checkCancellation()
            for change in changes { try await body(planner.step(for: change), change) }
        }
    }

    private func entityCount(_ scope: ChangeScope) async throws -> Int { try await reader.entityCount(in: scope) }

    /// The steps that wait to be carried out, and what became of those that were.
    private struct Run {
        let service: EntityService
        let operation: Operation
        var tally = RollbackTally()
        var overtaken: [UUID] = []
        var refused: [UUID: String] = [:]
        private(set) var portion = CommandPortion()

        init(service: EntityService, operation: Operation) {
            self.service = service
            self.operation = operation
        }

        mutating func add(_ step: RollbackStep, _ type: EntityType) {
            let content = step.restoration.data.map { Content($0, of: type) }
            var command = EntityCommand(
                .restore(step.restoration, content: content), on: step.id, of: type, meta: operation.meta())
            command.expected = [step.version]
            portion.add(command)
        }

        mutating func restore() async throws {
            let commands = portion.commands
            let results = try await service.writer.submit(commands, whenFull: .wait)
            for (command, result) in zip(commands, results) {
                guard case .failure(let error) = result else { continue }
                switch error {
                case Rejection.conflict: overtaken.append(command.id)
                case let rejection as Rejection: refused[command.id] = "\(rejection)"
                default: throw error
                }
            }
            portion = CommandPortion()
        }
    }
}

/// Why a rollback cannot be resumed.
public enum RollbackProblem: Error, Sendable, Hashable {
    case noSuchRollback(UUID)
    case completed(UUID)
    /// Nothing in the log has that correlation or command.
    case nothingToUndo(UUID)
}
