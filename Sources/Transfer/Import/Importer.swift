import Catalogue
public import Entities
import EventLog
import JSON
import Postgres
import System

/// Brings a folder of `<type>/<id>.json` files into the log: the layout of old installations, and of ``Exporter``.
///
/// What is there already is changed by what differs; a second import of the same folder changes nothing. All of the folder
/// is held in memory.
public struct Importer: Sendable {
    private let service: EntityService
    private let actor: String

    /// Between two records of how far the import is.
    static let commandsPerRecord = 10_000

    /// - Parameter actor: who imports.
    public init(_ service: EntityService, actor: String) {
        self.service = service
        self.actor = actor
    }

    /// Tells what ``run(_:progress:)`` would do.
    public func dryRun(_ folder: String) async throws -> ImportReport { try await plan(folder).report.sorted() }

    /// - Parameter progress: told how many of how many steps are done.
    public func run(
        _ folder: String, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> ImportReport {
        let plan = try await plan(folder)
        // Nothing happens, so there is nothing to record.
        if plan.steps.isEmpty { return plan.report.sorted() }
        let brief = Operation.Brief(
            "import", "Import of a folder", total: plan.steps.count, parameters: ["folder": .string(folder)],
            resume: "lifeos import \(folder)")
        return try await Operation(service, actor: actor, reason: "Import of \(folder)").run(
            brief, telling: { $0.counts }
        ) { try await carryOut(plan, $0, progress) }
    }

    private func carryOut(
        _ plan: ImportPlan, _ operation: Operation, _ progress: (Int, Int) -> Void
    ) async throws -> ImportReport {
        var run = Run(report: plan.report)
        var (done, recorded) = (0, 0)
        while done < plan.steps.count {
            progress(done, plan.steps.count)
            try operation.checkCancellation()
            if done - recorded >= Self.commandsPerRecord {
                try await operation.progress(done: done)
                recorded = done
            }
            let steps = plan.steps[done...]
            var portion = CommandPortion()
            for step in steps where !portion.isFull {
                portion.add(EntityCommand(step.action, on: step.id, of: step.type, meta: operation.meta()))
            }
            let results = try await service.writer.submit(portion.commands, whenFull: .wait)
            for (step, result) in zip(steps, results) { try run.take(result, of: step) }
            done += results.count
        }
        progress(plan.steps.count, plan.steps.count)
        return run.report.sorted()
    }

    /// What has come of the steps so far.
    private struct Run {
        var report: ImportReport

        mutating func take(_ result: Result<EntityAnswer, any Error>, of step: ImportPlan.Step) throws {
            guard case .failure(let error) = result else { return }
            // That is nothing about this step, and the next would fare no better. What is there by then stays, and the
            // next import does the rest.
            if error is CommandWriterError { throw error }
            report.items[step.item].problems.append("Refused: \(Self.sentence(error))")
            // What came into being stays, though it lacks a part.
            if case .create = step.action { report.items[step.item].outcome = .refused }
            if report.items[step.item].outcome == .changed { report.items[step.item].outcome = .refused }
        }

        private static func sentence(_ error: any Error) -> String {
            switch error {
            case Rejection.archived: "it is archived by now."
            case Rejection.alreadyExists: "it exists by now. Import again."
            case Rejection.idTaken(let id, let category): ImportPlan.taken(id, by: category)
            case Rejection.badReferences(let references):
                "\(references.map(\.field).joined(separator: ", ")) points to what is not there."
            default: "\(error)"
            }
        }
    }

    private func plan(_ path: String) async throws -> ImportPlan {
        let folder = try ImportFolder(reading: path, service.catalogue)
        var present: [UUID: Entity] = [:]
        var targets: Set<UUID> = []
        for draft in folder.drafts {
            targets.formUnion(draft.type.references(in: .object(draft.data)).map(\.target))
            targets.formUnion(draft.marks?.links.map(\.target) ?? [])
        }
        let drafts = folder.drafts
        for start in stride(from: 0, to: drafts.count, by: Self.idsPerQuery) {
            let some = drafts[start..<min(start + Self.idsPerQuery, drafts.count)]
            let rows = try await service.pool.query(
                "import_present",
                """
                SELECT e.document, e.created_position
                FROM unnest(\(some.map(\.id)), \(some.map(\.type.name))) AS w (id, type)
                JOIN live.entities AS e ON e.id = w.id AND e.type = w.type
                """)
            for (document, created) in try rows.decode(JSONBytes.self, Int64.self) {
                let entity = try Entity(document: document.bytes, createdPosition: Int(created))
                present[entity.id] = entity
            }
        }
        return ImportPlan(
            folder, present: present, owners: try await owners(of: drafts.map(\.id)),
            types: try await types(of: Array(targets)), service.catalogue)
    }

    private static let idsPerQuery = 5_000

    private func owners(of ids: [UUID]) async throws -> [UUID: String] {
        try await texts(of: ids) { some in
            ("import_owners", "SELECT stream, category FROM log.streams WHERE stream = ANY(\(some))")
        }
    }

    private func types(of ids: [UUID]) async throws -> [UUID: String] {
        try await texts(of: ids) { some in
            ("import_targets", "SELECT id, type FROM live.entities WHERE id = ANY(\(some))")
        }
    }

    private func texts(of ids: [UUID], _ query: ([UUID]) -> (name: QueryName, sql: SQL)) async throws -> [UUID: String]
    {
        var texts: [UUID: String] = [:]
        for start in stride(from: 0, to: ids.count, by: Self.idsPerQuery) {
            let some = Array(ids[start..<min(start + Self.idsPerQuery, ids.count)])
            let (name, sql) = query(some)
            for (id, text) in try await service.pool.query(name, sql).decode(UUID.self, String.self) {
                texts[id] = text
            }
        }
        return texts
    }
}

extension ImportReport {
    func sorted() -> ImportReport { ImportReport(items: items.sorted { $0.path < $1.path }) }

    var counts: JSONObject {
        var counts = JSONObject()
        for outcome in Outcome.allCases { counts[outcome.rawValue] = .integer(count(outcome)) }
        return counts
    }
}
