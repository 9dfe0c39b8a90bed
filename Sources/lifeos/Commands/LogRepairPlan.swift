import CLI
import Catalogue
import EventLog
import Postgres
import Projections
import Service
import System

extension Command {
    static let logRepairPlan = Command(
        "log repair-plan", "Names every event that cannot be read, and says what to do about each.",
        details: """
            Such an event stays in the log for ever, since the log is never edited. It counts as a version of its stream and \
            changes nothing. Reads the whole log; changes nothing.
            """
    ) { run in
        try await withProjections(run) { projections in
            let pool = projections.database.pool
            let total = try await EventReader(pool: pool).head().position
            let skipped = try await run.output.progress("Reading the log", total: total, unit: "events") { progress in
                try await SkippedEventFinder(fold: projections.fold, pool: pool).find { progress.reach($0) }
            }
            if skipped.isEmpty {
                return run.output.say("Every event can be read: there is nothing to repair.", ["skipped": 0])
            }
            var rows: [[Cell]] = []
            for event in skipped.all { rows.append(try await row(of: event, in: pool)) }
            run.output.table(["position", "type", "stream", "recorded_at", "actor", "why"], rows)
            if skipped.count > rows.count { run.output.note("These are the first of \(skipped.count).") }
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
                \(event.type) at \(event.position) stands in the stream of a \(owner): an older version of Life-OS let it in. The \
                \(owner) is as its own events have it. Where what the event changed was wanted, change it again: PATCH \(address). \
                Nothing else has to be done.
                """
        case .unknownCategory:
            return """
                The catalogue has no \(category). Put \(category).json back into a folder of LIFEOS_CATALOGUE, and the next start \
                reads its events again.
                """
        case .undeclared:
            return """
                The catalogue declares no \(event.type). Declare `\(verb)` among the events of \(category) again, with \
                "retired": true where it is not to be written any more, and the next start reads it.
                """
        case .unreadable:
            return """
                The data of \(event.type) at \(event.position) do not fit its declaration. Raise the version of \(category) and \
                add an upcaster that brings older data into the new form.
                """
        case .notBegun:
            return """
                \(event.type) at \(event.position) changes what no readable event has begun. Make the first event of the stream \
                \(event.stream) readable, and this one is read too.
                """
        }
    }
}
