import JSON

extension TypeReader {
    /// Reads `summary`: tables of counts and sums.
    mutating func readSummaries() {
        for (index, entry) in (document["summary"]?.array ?? []).enumerated() {
            let place = ["summary", String(index)]
            let (counted, summed) = (entry["count_by"]?.string, entry["sum"]?.string)
            let group = entry["by"]?.string
            var measure: TypeSummary.Measure?
            switch (counted, summed) {
            case (let field?, nil):
                check(field, at: place + ["count_by"], isNumber: false)
                if group != nil {
                    file.report(place + ["by"], #"is redundant next to "count_by": leave it out"#)
                }
                measure = .count(by: field)
            case (nil, let field?):
                check(field, at: place + ["sum"], isNumber: true)
                if let group { check(group, at: place + ["by"], isNumber: false) }
                measure = .sum(field, by: group)
            case (nil, nil):
                file.report(place, #"says neither "count_by" nor "sum": add one of them"#)
            case (_?, _?):
                file.report(
                    place + ["sum"],
                    #"cannot be combined with "count_by": keep one, and add another entry for the other"#)
            }
            if let measure {
                draft.summaries.append(TypeSummary(title: entry["title"]?.string ?? "", measure: measure))
            }
        }
    }

    private mutating func check(_ name: String, at place: [String], isNumber: Bool) {
        guard let field = draft.fields.first(where: { $0.name == name }) else {
            file.report(place, unknown: name, "names no field of the schema,", among: draft.fields.map(\.name))
            return
        }
        if isNumber, field.kind != .integer, field.kind != .number {
            file.report(place, "must name a number field, and \(name) is not one")
        }
        if !isNumber, !field.isSortable {
            file.report(place, "must name a field of single, short values, and \(name) is not one")
        }
    }
}
