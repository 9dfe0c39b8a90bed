import CLI
import Configuration
import Entities

extension Command {
    private static let folder = Argument("dir", Kind.path, "Where the folder `data` is made.")
    private static let asOf = Option(
        "as-of", Kind.text, default: "now", placeholder: "point",
        "A position of the log, or a time such as 2026-11-21T06:10:34Z.")

    static let exportFolder = Command(
        "export", "Writes everything into JSON files, one for each entity.",
        details: "The files are <dir>/data/<type>/<id>.json; `lifeos import` reads them. All show the same moment.",
        options: [asOf], arguments: [folder],
        examples: ["lifeos export ~/studio-yesterday --as-of 2026-11-20T18:00:00Z": "How everything was then."]
    ) { run in
        let text = run[asOf]
        guard let point = text == "now" ? .now : Point(text) else {
            throw Failure(
                "--as-of \(text) is no point of the log.",
                advice: "Use a position such as 1200, or a time such as 2026-11-21T06:10:34Z.", code: .usage,
                exitCode: .usage)
        }
        let progress = StepProgress("Exporting", unit: "files", on: run.output)
        defer { progress.end() }
        let (count, position): (Int, Int)
        do {
            (count, position) = try await Workbench.with(run) { bench in
                try await Exporter(bench.service, actor: Workbench.actor).run(to: run[folder], at: point) {
                    progress.reach($0, of: $1)
                }
            }
        } catch QueryProblem.future(let head) {
            throw Failure(
                "The log ends at position \(head).", advice: "Ask for that one or an earlier one.", code: .usage,
                exitCode: .usage)
        }
        run.output.say(
            "Wrote \(count) files to \(run[folder])/data, as of position \(position).",
            ["files": .number(count), "folder": .text("\(run[folder])/data"), "position": .number(position)])
    }
}
