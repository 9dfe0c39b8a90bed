import JSON

extension Catalogue {
    /// The whole log as a page of Markdown: every type with its fields, events, versions and upcasters.
    public func handbook() -> String {
        var page = Handbook()
        page.write(self)
        return page.text
    }
}

/// Markdown in the making.
private struct Handbook {
    var text = ""

    private mutating func paragraph(_ line: String) { text += line + "\n\n" }

    private mutating func table(_ titles: [String], _ rows: [[String]]) {
        let lines = [titles, titles.map { _ in "---" }] + rows.map { $0.map(Self.cell) }
        for line in lines { text += "| \(line.joined(separator: " | ")) |\n" }
        text += "\n"
    }

    /// A cell ends at a bar or at the line's end.
    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }

    mutating func write(_ catalogue: Catalogue) {
        paragraph("# Everything that can happen")
        paragraph(
            "Every change is an event in one log. An event belongs to a stream, which is one entity, and says in `data` what "
                + "happened. Written from the files of the catalogue by `lifeos events docs`.")
        let entities = catalogue.types.filter { !$0.isSystem }
        let system = catalogue.documented.filter(\.isSystem)
        if let first = entities.first {
            paragraph("## What happens to entities")
            paragraph("The same for each of them; `data` of `created` and `updated` holds the type's own fields.")
            table(
                ["event", "what happened", "data"],
                first.events.map { ["`…\($0.verb)`", $0.summary, data(of: $0, in: first)] })
            paragraph("## Entities")
            for type in entities { write(type) }
        }
        if !system.isEmpty {
            paragraph("## Categories of the system")
            paragraph("Written by the system itself; REST only reads them.")
            for type in system { write(type) }
        }
        // One empty line between paragraphs, none behind the last.
        text.removeLast()
    }

    private mutating func write(_ type: EntityType) {
        paragraph("### \(type.icon) \(type.title)")
        paragraph(type.summary)
        var facts = ["`\(type.name)`", "`/api/v2/\(type.collection)`", "version \(type.version)"]
        facts.append("called by its `\(type.nameField)`")
        if let field = type.uniqueBy { facts.append("one for each `\(field)`") }
        paragraph(facts.joined(separator: " · "))
        table(
            ["field", "what it holds", "meaning"],
            type.fields.map { field in
                var rules = SchemaSummary.text(of: field.schema)
                if field.isRequired { rules += "; required" }
                if let weight = field.searchWeight { rules += "; searched (\(weight.rawValue))" }
                return ["`\(field.name)`", rules, field.summary]
            })
        if type.isSystem {
            table(
                ["event", "what happened", "data"],
                type.events.map { event in
                    let summary = event.summary + (event.isRetired ? " No longer written." : "")
                    return ["`\(event.eventType)`", summary, data(of: event, in: type)]
                })
        } else {
            paragraph("Events: " + type.events.map { "`\($0.eventType)`" }.joined(separator: ", ") + ".")
        }
        for (index, step) in type.upcaster.steps.enumerated() {
            let changes = step.changes.map(\.summary).joined(separator: "; ")
            let reason = step.summary.map { " \($0)" } ?? ""
            text += "- From version \(index + 1) to \(index + 2): \(changes).\(reason)\n"
        }
        if !type.upcaster.steps.isEmpty { text += "\n" }
    }

    private func data(of event: EventDeclaration, in type: EntityType) -> String {
        switch event.effect {
        case .create where event.dataSchema == type.schemaDocument: "the fields"
        case .merge where event.dataSchema == type.patchDocument: "the fields that changed"
        case .revert: "`version`, and in `data` the fields as they were"
        case .restore: "whichever of `data`, `tags`, `links`, `archived`, `favorite` changed back"
        default: SchemaSummary.members(of: event.dataSchema)
        }
    }
}
