internal import HTML
internal import HTTPServer

/// What went wrong, for people: what to do, and by which name the log knows the request.
struct ProblemPage {
    let problem: Problem
    let notice: String?

    var page: Page {
        .console(title: problem.title, actor: nil, notice: notice) {
            H1(problem.title)
            Section(.class("card")) {
                P(problem.detail)
                if !problem.fields.isEmpty {
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
