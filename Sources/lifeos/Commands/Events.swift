import CLI
import Catalogue
import Configuration
import Service

extension Command {
    static let eventsDocs = Command(
        "events docs", "Describes everything that can be in the log.",
        details:
            "Prints a page of Markdown made of the catalogue's files; with --json the same as an AsyncAPI 3.0 document.",
        examples: [
            "lifeos events docs > events.md": "Writes the page into a file.",
            "lifeos events docs --json > asyncapi.json": "Writes the document for tools.",
        ]
    ) { run in
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let catalogue = try Catalogue.load(from: Folders(settings).events)
        if run.output.isJSON {
            let server = "http://\(settings[LifeOSSettings.listen])"
            run.output.json(catalogue.asyncAPI(version: Program.version, server: server))
        } else {
            run.output.verbatim(catalogue.handbook())
        }
    }
}
