internal import HTML

/// A sentence of the description, with what is between backticks as code.
struct Prose: Component {
    private let text: String

    init(_ text: String) { self.text = text }

    var body: Markup {
        Markup {
            for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
                if index.isMultiple(of: 2) { String(part) } else { Code(String(part)) }
            }
        }
    }
}
