internal import HTML

/// All operations by their groups, and a field to find some.
struct ReferencePage {
    let reference: Reference
    let asked: String
    let notice: String?

    var page: Page {
        let words = asked.lowercased().split(separator: " ").map(String.init)
        let groups = reference.groups.map { ($0.name, $0.operations.filter { $0.matches(words) }) }
            .filter { !$0.1.isEmpty }
        return .console(
            title: "API", actor: nil, notice: notice, modules: ["/console/modules/reference.js"]
        ) {
            H1("\(reference.title) API")
            P {
                "Generated from "
                A("openapi.json", .href("/openapi.json"))
                ", which client generators can read. Events are described in "
                A("asyncapi.json", .href("/asyncapi.json"))
                "."
            }
            Form(.class("card finder"), .method(.get), .action("/api"), .role("search")) {
                Div {
                    Label("Search operations", .for("q"))
                    Input(.id("q"), .name("q"), .type(.search), .value(asked), .placeholder("characters history"))
                }
                Button("Find", .class("button"), .type(.submit))
            }
            P(Self.count(groups.reduce(0) { $0 + $1.1.count }), .id("found"), .class("hint"), .role("status"))
            for (name, operations) in groups {
                Section(.class("card"), .data("group")) {
                    H2(name)
                    UL(.class("operations")) {
                        for operation in operations { line(operation) }
                    }
                }
            }
        }
    }

    private func line(_ operation: Reference.Operation) -> LI {
        LI(.data("words", "\(operation.method) \(operation.path) \(operation.name) \(operation.group)".lowercased())) {
            A(.href("/api/\(operation.name)")) {
                Strong(operation.method)
                " "
                Code(operation.path)
            }
            Span { Prose(operation.summary) }
        }
    }

    private static func count(_ number: Int) -> String {
        switch number {
        case 0: "No operation has all of these words. Try fewer."
        case 1: "1 operation"
        default: "\(number) operations"
        }
    }
}
