import CLI
import Configuration
import Entities
import EventLog
import Replay

extension Command {
    private static let point = Argument("point", Kind.point, "The point to look at.")
    private static let events = Option(
        "events", .integer(1...Inspector.eventsMax), default: "10", placeholder: "number",
        "How many of the last events before the point to show.")

    static let replayInspect = Command(
        "replay inspect", "Compare the number of entities at a point with now.",
        details: """
            Shows how many entities of each type were active and archived, the summaries that types declare, and the last events \
            before the point.

            \(PointProblem.forms)
            """,
        options: [events], arguments: [point],
        examples: [
            "lifeos replay inspect \"yesterday 18:00\"": "The state at 18:00 yesterday.",
            "lifeos replay inspect before:0197a1b2-0000-7000-8000-00000000000f": "The state right before that command.",
        ]
    ) { run in
        let inspection = try await Workbench.with(run) { bench in
            try await Inspector(pool: bench.service.pool, catalogue: bench.service.catalogue).inspect(
                at: run[point], eventCount: run[events])
        }
        show(inspection, on: run.output)
    }

    private static func show(_ inspection: Inspection, on output: Output) {
        if output.isJSON { return output.json(inspection) }
        output.say("Then: \(inspection.point). Now: \(inspection.head).")
        output.table(
            [
                Column("title", title: "Type"), Column("alive_then", title: "Then"),
                Column("archived_then", title: "Archived"), Column("alive_now", title: "Now"),
                Column("archived_now", title: "Archived"),
            ],
            inspection.types.map { row in
                [
                    .text(row.title), .number(row.then.alive), .number(row.then.archived), .number(row.now.alive),
                    .number(row.now.archived),
                ]
            }, empty: "There was nothing yet.")
        for summary in inspection.summaries {
            output.say("\n\(summary.title)")
            output.table(
                [Column("group", title: "Of"), "then", "now"],
                summary.rows.map { [.text($0.group ?? "-"), .text($0.then ?? "0"), .text($0.now ?? "0")] })
        }
        if !inspection.last.isEmpty { output.say("\nThe last events before it") }
        for entry in inspection.last.reversed() { show(entry, on: output) }
    }
}
