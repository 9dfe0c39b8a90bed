import CLI
import Entities
import EventLog
import JSON
import Replay
import System

/// Prints differences and rollbacks for people.
enum ReplayText {
    /// The number of characters shown of a value.
    private static let valueLengthMax = 60

    static func value(_ value: JSONValue?) -> String {
        guard let value else { return "nothing" }
        let text = String(decoding: value.encoded(), as: UTF8.self)
        return text.count > valueLengthMax ? "\(text.prefix(valueLengthMax))…" : text
    }

    /// `occupation: "baker" → "spy"`, `+ tag red`, `- link shows to …`.
    static func line(_ change: CellChange) -> String {
        switch change.cell {
        case .existence: change.new == nil ? "would no longer exist" : "created"
        case .tag, .link: "\(change.new == nil ? "-" : "+") \(change.cell.name)"
        case .field, .archived, .favorite:
            "\(change.cell.name): \(value(change.old)) → \(value(change.new))"
        }
    }

    static func show(_ difference: EntityDifference, on output: Output) {
        if output.isJSON { return output.json(difference) }
        output.say("\(difference.type) \(difference.name)  \(difference.id)  \(difference.kind.rawValue)")
        for part in difference.parts where part.change.cell != .existence {
            // Of what is new, everything is.
            let isNew = difference.kind == .created && part.change.old == nil
            let line = isNew ? "\(part.change.cell.name): \(value(part.change.new))" : line(part.change)
            output.say("  \(line)   (\(part.act.actor), position \(part.act.position))")
        }
        var commands: [UUID] = []
        for act in difference.acts where !commands.contains(act.correlation) {
            commands.append(act.correlation)
            output.say(
                "  \(act.recordedAt.seconds)  \(act.event)  by \(act.actor)  correlation \(act.correlation)"
                    + (act.reason.map { "  “\($0)”" } ?? ""))
        }
    }

    static func show(
        _ report: DiffReport, from old: ResolvedPoint, to new: ResolvedPoint, page: String?, on output: Output
    ) {
        let counts = EntityDifference.Kind.allCases.filter { report.count($0) > 0 }.map {
            "\(report.count($0)) \($0.rawValue)"
        }
        let actors = report.actors.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
        let what = counts.isEmpty ? "nothing changed" : counts.joined(separator: ", ")
        let who = actors.isEmpty ? "" : "; events by \(actors.joined(separator: ", "))"
        let place = page.map { " The report is in \($0)." } ?? ""
        if output.isJSON { return output.json(JSONValue.object(["summary": .object(report.json)])) }
        output.say("From \(old) to \(new): \(what)\(who).\(place)")
    }

    static func show(_ step: RollbackStep, on output: Output) {
        if output.isJSON { return output.json(step) }
        let outcome = step.outcome == .leftAlone ? "left alone" : step.outcome.rawValue
        output.say("\(step.type) \(step.name)  \(step.id)  \(outcome)")
        for change in step.changes { output.say("  \(line(change))") }
        for conflict in step.conflicts {
            let verb = conflict.isForced ? "overrides" : "keeps"
            switch conflict.cause {
            case .changedSince(let act) where conflict.cell == .existence:
                let verb = conflict.isForced ? "is archived, although" : "is kept, because"
                output.say("  ! \(verb) \(act.actor) changed it at position \(act.position)")
            case .changedSince(let act):
                output.say(
                    "  ! \(conflict.cell.name): \(verb) \(value(conflict.now)), which \(act.actor) set at position "
                        + "\(act.position) (before that \(value(conflict.then)), at the point \(value(conflict.target)))"
                )
            case .invalid(let reason):
                output.say(
                    "  ! \(conflict.cell.name): keeps \(value(conflict.now)), because the result would be invalid: \(reason)"
                )
            }
        }
    }

    static func show(_ report: RollbackReport, isDone: Bool, on output: Output) {
        func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
        var sentence = "\(count(report.entityCount, "entity", "entities")) \(isDone ? "changed" : "would change") back"
        let types = report.entities.sorted { $0.key < $1.key }.map { type, outcomes in
            type + " "
                + outcomes.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    "\($0.value) \($0.key == .leftAlone ? "left alone" : $0.key.rawValue)"
                }.joined(separator: ", ")
        }
        if !types.isEmpty { sentence += ": \(types.joined(separator: "; "))" }
        output.say("\(sentence). \(count(report.partCount, "value", "values")) in all.")
        if report.conflictCount > 0 {
            output.say(
                "\(count(report.conflictCount, "value was", "values were")) changed by others since (marked with ! above); "
                    + "--force undoes those too.")
        }
        for reference in report.broken {
            output.say(
                "! \(reference.sourceType) \(reference.source) refers with \(reference.field) to \(reference.target), "
                    + "which \(isDone ? "is" : "would be") archived.")
        }
        if report.brokenCount > report.broken.count {
            output.say("… and \(report.brokenCount - report.broken.count) more such references.")
        }
        for id in report.overtaken {
            output.say("! \(id) was changed meanwhile and was left alone.")
        }
        for (id, why) in report.refused.sorted(by: { $0.key < $1.key }) { output.say("! \(id) was refused: \(why)") }
    }
}
