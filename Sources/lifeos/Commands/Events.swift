import CLI
import Catalogue
import Configuration
import Service

extension Command {
    static let eventsDocs = Command(
        "events docs", "Describe every type of event in the log.",
        details:
            "Prints Markdown generated from the catalogue; with --json, an AsyncAPI 3.0 document.",
        examples: [
            "lifeos events docs > events.md": "Write the page to a file.",
            "lifeos events docs --json > asyncapi.json": "Write the document for tools.",
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
