internal import Configuration

extension Application {
    /// The page for a command, for a noun with its verbs, or for the whole program.
    func help(of node: CommandTree, _ output: Output) -> String {
        var page = HelpPage(width: output.textWidth, style: output.style)
        if let command = node.command {
            describe(command, on: &page)
            page.add(list: "Verbs", node.children.map { ($0.word, $0.summary) })
        } else {
            page.add(paragraph: node.path.isEmpty ? summary : node.summary)
            let what = node.path.isEmpty ? "<command>" : "<verb>"
            page.add(usage: [what, "[options]"], of: ([name] + node.path).joined(separator: " "))
            if node.path.isEmpty {
                let width = tree.children.map { DisplayText.width($0.word) }.max() ?? 0
                for group in groupedWords {
                    page.add(list: group.title, group.words.map { ($0.word, $0.summary) }, termWidthMin: width)
                }
            } else {
                page.add(list: "Verbs", node.children.map { ($0.word, $0.summary) })
            }
        }
        if node.path.isEmpty { page.add(list: "Topics", topics.map { ($0.name, $0.summary) }) }
        let global = node.command == nil ? "Options" : "Options of every command"
        page.add(list: global, GlobalOptions.all.map { (Self.term($0), $0.meaning) })
        if node.command == nil {
            let what = node.path.isEmpty ? "<command>" : "\(node.path.joined(separator: " ")) <verb>"
            page.add(paragraph: "Run \"\(name) help \(what)\" for details.")
        }
        return page.text
    }

    /// The page of a topic, or `nil` where there is none of this name.
    func help(onTopic word: String, _ output: Output) -> String? {
        guard let topic = topics.first(where: { $0.name == word }) else { return nil }
        var page = HelpPage(width: output.textWidth, style: output.style)
        page.add(paragraph: topic.summary)
        page.add(list: topic.name.prefix(1).uppercased() + topic.name.dropFirst(), topic.entries())
        return page.text
    }

    private func describe(_ command: Command, on page: inout HelpPage) {
        page.add(paragraph: command.summary)
        // Only what has to be given is spelt out; the rest is in the list beneath.
        let required = command.options.filter { $0.arity == .required }.map(\.usage)
        let others = command.options.count > required.count ? ["[options]"] : []
        page.add(usage: required + others + command.arguments.map(\.usage), of: "\(name) \(command.path)")
        if let details = command.details { page.add(paragraph: details) }
        page.add(list: "Arguments", command.arguments.map { ($0.label, Self.explanation(of: $0)) })
        page.add(list: "Options", command.options.map { (Self.term($0), Self.explanation(of: $0)) })
        page.add(examples: command.examples)
    }

    /// `-t, --to <folder>`, with the long names beneath each other.
    static func term(_ option: ParameterDeclaration) -> String {
        let short = option.short.map { "-\($0), " } ?? "    "
        return short + option.label + (option.takesValue ? " <\(option.placeholder)>" : "")
    }

    static func explanation(of parameter: ParameterDeclaration) -> String {
        var sentences = [parameter.meaning]
        if case .words(let words) = parameter.completion {
            sentences.append("One of: \(words.joined(separator: ", ")).")
        }
        if let fallback = parameter.fallback { sentences.append("Default: \(fallback).") }
        if let variable = parameter.environment { sentences.append("Variable: \(variable).") }
        if parameter.isOption {
            if parameter.arity == .required { sentences.append("Required.") }
            if parameter.isRepeated { sentences.append("May be given several times.") }
        }
        return sentences.joined(separator: " ")
    }
}

extension Command {
    private static let topic = Argument(
        rest: "command", .text, "A command or a topic. Default: an overview.")

    /// `help`, which every program has.
    static let help = Command("help", "Explain a command or a topic.", arguments: [topic]) { run in
        let application = run.application
        let words = run[topic]
        var node = application.tree
        for (index, word) in words.enumerated() {
            if index == 0, words.count == 1, node[word] == nil,
                let page = application.help(onTopic: word, run.output)
            {
                return run.output.verbatim(page)
            }
            guard let next = node[word] else { throw application.unknown(word, below: node) }
            node = next
        }
        run.output.verbatim(application.help(of: node, run.output))
    }
}
