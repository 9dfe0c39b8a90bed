internal import HTML
internal import HTTPServer

/// What went wrong, for people: what to do, and by which name the log knows the request.
struct ProblemPage {
    let problem: Problem
    let notice: String?

    /// Whether the sentence above leaves nothing for a list of fields to add.
    private var saysItsOnlyField: Bool {
        switch problem.fields.count {
        case 0: true
        case 1: problem.detail == "\(problem.fields[0].place): \(problem.fields[0].message)"
        default: false
        }
    }

    var page: Page {
        .console(title: problem.title, actor: nil, notice: notice) {
            H1(problem.title)
            Section(.class("card")) {
                P(problem.detail)
                if !saysItsOnlyField {
                    UL {
                        for field in problem.fields {
                            LI {
                                Code("\(field.place)")
                                ": \(field.message)"
                            }
                        }
                    }
                }
                DL(.class("facts")) {
                    DT("Status")
                    DD("\(problem.status.rawValue)")
                    DT("Code")
                    DD { Code(problem.code.rawValue) }
                    if let requestID = problem.requestID {
                        DT("Request")
                        DD { Code(requestID) }
                    }
                }
                P { A("To the console", .class("button"), .href("/console")) }
            }
        }
    }
}
