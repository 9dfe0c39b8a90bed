import CLI
import Configuration
import Entities
import EventLog
import JSON
import Replay
import System

extension Command {
    private static let from = Argument("from", Kind.point, "The first point.")
    private static let to = Argument(optional: "to", Kind.point, "The second point. Default: now.")
    private static let page = Option(
        "html", .path, placeholder: "file", "Also write an HTML report to this file.")

    static let replayDiff = Command(
        "replay diff", "Show what changed between two points, field by field, and who changed it.",
        details: """
            The second point may be earlier than the first; old and new are then swapped.

            \(PointProblem.forms)
            """,
        options: ScopeOptions.all + [page], arguments: [from, to],
        examples: [
            "lifeos replay diff -1h": "What changed in the last hour.",
            "lifeos replay diff \"yesterday 09:00\" \"yesterday 18:00\" --actor ben": "What Ben did that day.",
            "lifeos replay diff 120 374 --html report.html": "A report of the events from 121 to 374.",
        ]
    ) { run in
        try await Workbench.with(run) { bench in
            let pool = bench.service.pool
            let (old, new) = (try await run[from].resolve(in: pool), try await (run[to] ?? .now).resolve(in: pool))
            let scope = try ScopeOptions.scope(run, after: 0, upTo: 0, bench.service)
            run.output.note("From \(old) to \(new).")
            var html = run[page] == nil ? nil : DiffPage()
            let progress = StepProgress("Comparing", unit: "entities", on: run.output)
            defer { progress.end() }
            let report = try await Diff(pool: pool, catalogue: bench.service.catalogue).run(
                from: old.position, to: new.position, only: scope, progress: { progress.reach($0, of: $1) },
                each: { difference in
                    html?.add(difference)
                    ReplayText.show(difference, on: run.output)
                })
            progress.end()
            if let html, let path = run[page] {
                let bytes = html.render(
                    report, title: "From position \(old.position) to \(new.position)",
                    subtitle: "From \(old) to \(new).")
                try Files.replace(path, with: bytes)
            }
            ReplayText.show(report, from: old, to: new, page: run[page], on: run.output)
        }
    }
}
