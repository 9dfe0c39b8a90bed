import CLI
import Catalogue
import EventLog
import Postgres
import Projections
import Service
import System

extension Command {
    static let logRepairPlan = Command(
        "log repair-plan", "List events that cannot be read, and what to do about each.",
        details: """
            The log is never edited, so such an event stays in it. It counts as a version of its stream and has no effect. \
            Reads the whole log and changes nothing.
            """
    ) { run in
        try await withProjections(run) { projections in
            let pool = projections.database.pool
            let total = try await EventReader(pool: pool).head().position
            let skipped = try await run.output.progress("Reading the log", total: total, unit: "events") { progress in
                try await SkippedEventFinder(fold: projections.fold, pool: pool).find { progress.reach($0) }
            }
            if skipped.isEmpty {
                return run.output.say("Every event can be read. There is nothing to repair.", ["skipped": 0])
            }
            var rows: [[Cell]] = []
            for event in skipped.all { rows.append(try await row(of: event, in: pool)) }
            run.output.table(["position", "type", "stream", "recorded_at", "actor", "why"], rows)
            if skipped.count > rows.count {
                run.output.note("Only the first \(rows.count) of \(skipped.count) are shown.")
            }
            for advice in RepairAdvice.about(skipped.all, projections.catalogue) { run.output.note(advice) }
        }
    }

    private static func row(of skipped: SkippedEvent, in pool: PostgresPool) async throws -> [Cell] {
        let event = try await EventReader(pool: pool).event(at: skipped.position)
        return [
            .number(skipped.position), .text(skipped.type), .identifier("\(skipped.stream)"),
            event.map { .time($0.recordedAt) } ?? .nothing,
            event.flatMap { EventMeta($0.meta)?.actor }.map { .text($0) } ?? .nothing, .text("\(skipped.reason)"),
        ]
    }
}

/// What to do about events that cannot be read: one sentence for each kind of reason.
enum RepairAdvice {
    static func about(_ events: [SkippedEvent], _ catalogue: Catalogue) -> [String] {
        var seen: Set<String> = []
        return events.map { sentence(about: $0, catalogue) }.filter { seen.insert($0).inserted }
    }

    private static func sentence(about event: SkippedEvent, _ catalogue: Catalogue) -> String {
        let parts = event.type.split(separator: ".", maxSplits: 1).map(String.init)
        let (category, verb) = (parts.first ?? event.type, parts.last ?? "")
        switch event.reason {
        case .otherCategory(let owner):
            let address = catalogue[type: owner].map { "/api/v2/\($0.collection)/\(event.stream)" } ?? "the \(owner)"
            return """
                \(event.type) at \(event.position) is in the stream of a \(owner), because an older version of Life-OS accepted it. It \
                has no effect on the \(owner). If the change was wanted, make it again: PATCH \(address). Otherwise there is nothing to do.
                """
        case .unknownCategory:
            return """
                The catalogue has no type \(category). Put \(category).json back into a folder of LIFEOS_CATALOGUE; the next start \
                reads its events.
                """
        case .undeclared:
            return """
                The catalogue does not declare \(event.type). Add `\(verb)` to the events of \(category) again, with \
                "retired": true if it is no longer written; the next start reads it.
                """
        case .unreadable:
            return """
                The data of \(event.type) at \(event.position) does not match its declaration. Raise the version of \(category) and \
                add an upcaster that converts older data.
                """
        case .notBegun:
            return """
                \(event.type) at \(event.position) changes an entity whose first event cannot be read. Make the first event of stream \
                \(event.stream) readable, and this one can be read too.
                """
        }
    }
}
