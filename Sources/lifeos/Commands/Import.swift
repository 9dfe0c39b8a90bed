import CLI
import Configuration
import Entities
import Service
import System
import Transfer

extension Command {
    private static let folder = Argument(
        "dir", Kind.path, "The folder with <type>/<id>.json files, or one with such a folder `data` in it.")
    private static let isDryRun = Option(flag: "dry-run", "Only says what would be done.")

    static let importFolder = Command(
        "import", "Brings in a folder of JSON files, one for each entity.",
        details: """
            A file holds the entity's fields, or the whole entity as `lifeos export json` writes it. Ids that are UUIDs are kept; \
            others get an id made of the name, and what refers to them follows. What is there already is changed by what \
            differs, so a second import changes nothing.

            A field that does not fit is left out, a file that makes no entity is refused, and both are told of; the exit \
            code is 1 where a file was refused.
            """,
        options: [isDryRun], arguments: [folder],
        examples: ["lifeos import ~/old-studio --dry-run": "Says what an import would do."]
    ) { run in
        let isDry = run[isDryRun]
        let report = try await Workbench.with(run, makesHome: true) { bench in
            let importer = Importer(bench.service, actor: Actor.admin)
            if isDry { return try await importer.dryRun(run[folder]) }
            let progress = StepProgress("Importing", unit: "steps", on: run.output)
            defer { progress.end() }
            return try await importer.run(run[folder]) { progress.reach($0, of: $1) }
        }
        show(report, isDry, on: run.output)
        let refused = report.count(.refused)
        if refused > 0 {
            throw Failure(
                refused == 1 ? "One file was refused." : "\(refused) files were refused.",
                advice: "Correct what is named above and import again: what came in already is left as it is.")
        }
    }

    private static func show(_ report: ImportReport, _ isDry: Bool, on output: Output) {
        let told = output.isJSON ? report.items : report.items.filter { !$0.problems.isEmpty }
        if output.isJSON || !told.isEmpty {
            output.table(
                [
                    "path", Column("outcome", title: isDry ? "Would be" : "Was"), "id",
                    Column("problems", title: "What to do"),
                ],
                told.map { item in
                    [
                        .text(item.path), .text(item.outcome.rawValue), Cell(item.id?.description),
                        .text(item.problems.joined(separator: " ")),
                    ]
                })
        }
        let counts = ImportReport.Outcome.allCases.map { "\(report.count($0)) \($0.rawValue)" }
        output.say(
            "\(isDry ? "An import would do this" : "Imported"): \(counts.joined(separator: ", ")).",
            [
                "created": .number(report.count(.created)), "changed": .number(report.count(.changed)),
                "unchanged": .number(report.count(.unchanged)), "refused": .number(report.count(.refused)),
                "dry_run": .flag(isDry),
            ])
    }
}
