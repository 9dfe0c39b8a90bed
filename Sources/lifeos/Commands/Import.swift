import Accounts
import CLI
import Configuration
import Entities
import Service
import System
import Transfer

extension Command {
    private static let folder = Argument(
        "dir", Kind.path, "A folder of <type>/<id>.json files, or a folder that contains one named `data`.")
    private static let isDryRun = Option(flag: "dry-run", "Show what would be done, and change nothing.")

    static let importFolder = Command(
        "import", "Import a folder of JSON files, one per entity.",
        details: """
            A file holds the entity's fields, or the whole entity as `lifeos export json` writes it. Ids that are UUIDs are kept; \
            for others an id is derived from the name, and references are updated to match. Entities that exist already are \
            updated where they differ, so importing twice changes nothing the second time.

            An invalid field is skipped and an invalid file is rejected; both are reported. The exit code is 1 if a file was \
            rejected.
            """,
        options: [isDryRun], arguments: [folder],
        examples: ["lifeos import ~/old-studio --dry-run": "Show what an import would do."]
    ) { run in
        let isDry = run[isDryRun]
        guard Files.isFolder(run[folder]) else {
            throw Failure(
                "There is no folder \(run[folder]).", advice: "Name the folder that has the JSON files.", code: .usage,
                exitCode: .usage)
        }
        let report = try await Workbench.with(run, makesHome: !isDry) { bench in
            let importer = Importer(bench.service, actor: Actor.commandLine.name)
            if isDry { return try await importer.dryRun(run[folder]) }
            let progress = StepProgress("Importing", unit: "steps", on: run.output)
            defer { progress.end() }
            return try await importer.run(run[folder]) { progress.reach($0, of: $1) }
        }
        show(report, isDry, on: run.output)
        let refused = report.count(.refused)
        if refused > 0 {
            throw Failure(
                refused == 1 ? "One file was rejected." : "\(refused) files were rejected.",
                advice: "Fix the files listed above and import again. What was imported already stays as it is.")
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
