internal import HTML
internal import HTTPServer

/// One operation: what it takes, and what it answers.
struct OperationPage {
    let operation: Reference.Operation
    let notice: String?

    var page: Page {
        .console(title: operation.name, actor: nil, notice: notice) {
            P { A("All operations", .href("/api")) }
            H1(operation.summary)
            Section(.class("card")) {
                Pre { Code("\(operation.method) \(operation.path)") }
                DL(.class("facts")) {
                    DT("Name")
                    DD { Code(operation.name) }
                    DT("Right")
                    DD { if let right = operation.right { Code(right) } else { "open to everyone" } }
                }
            }
            if !operation.parameters.isEmpty { parameters }
            if let body = operation.body {
                Section(.class("card")) {
                    H2("Body")
                    Pre { Code(body) }
                }
            }
            Section(.class("card")) {
                H2("Answers")
                for answer in operation.answers { self.answer(answer) }
            }
        }
    }

    private var parameters: Section {
        Section(.class("card")) {
            H2("Parameters")
            Table(.class("stack parameters")) {
                THead {
                    TR {
                        for title in ["Name", "In", "Value", "What it does"] { TH(title, .scope(.col)) }
                    }
                }
                TBody {
                    for parameter in operation.parameters {
                        TR {
                            TD(.data("label", "Name")) {
                                Code(parameter.name)
                                if parameter.isRequired { " required" }
                            }
                            TD(parameter.place, .data("label", "In"))
                            TD(parameter.form, .data("label", "Value"))
                            TD(.data("label", "What it does")) { Prose(parameter.summary) }
                        }
                    }
                }
            }
        }
    }

    /// The codes that a problem can have, each with its meaning, as the description lists them.
    private func codes(_ summary: String) -> UL {
        UL {
            for line in summary.split(separator: "\n") {
                LI { Prose(line.hasPrefix("- ") ? String(line.dropFirst(2)) : String(line)) }
            }
        }
    }

    private func answer(_ answer: Reference.Answer) -> Details {
        let isSuccess = answer.status.hasPrefix("2")
        let status = Int(answer.status).map { "\(Status(rawValue: $0))" } ?? answer.status
        return Details(.open(isSuccess)) {
            Summary(isSuccess ? "\(answer.status) \(answer.summary)" : status)
            if !isSuccess { codes(answer.summary) }
            if let example = answer.example { Pre { Code(example) } }
        }
    }
}
