import Accounts
import CLI
import Configuration
import Entities
import EventLog
import Service
import System
import Transfer

extension Command {
    private static let folder = Argument("dir", Kind.path, "The folder in which `data` is created.")
    private static let asOf = Option("as-of", Kind.point, default: "now", "Export the state at this point.")

    static let exportJSON = Command(
        "export json", "Export everything to JSON files, one per entity.",
        details: """
            The files are <dir>/data/<type>/<id>.json, and `lifeos import` reads them. All are from the same moment.

            \(PointProblem.forms)
            """,
        options: [asOf], arguments: [folder],
        examples: [
            "lifeos export json ~/studio": "The current state.",
            "lifeos export json ~/studio-yesterday --as-of \"yesterday 18:00\"": "The state at 18:00 yesterday.",
        ]
    ) { run in
        let progress = StepProgress("Exporting", unit: "files", on: run.output)
        defer { progress.end() }
        let (count, point) = try await Workbench.with(run, rescues: true) { bench in
            let point = try await run[asOf].resolve(in: bench.service.pool)
            let written = try await Exporter(bench.service, actor: Actor.commandLine.name).run(
                to: run[folder], at: .position(point.position),
                recording: bench.recording("The export", on: run.output)
            ) { progress.reach($0, of: $1) }
            return (written.count, point)
        }
        run.output.say(
            "Wrote \(count) files to \(run[folder])/data, as of \(point).",
            [
                "files": .number(count), "folder": .text("\(run[folder])/data"), "position": .number(point.position),
                "recorded_at": Cell(point.recordedAt?.description),
            ])
    }
}
