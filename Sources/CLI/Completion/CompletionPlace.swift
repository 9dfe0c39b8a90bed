internal import Configuration

/// What can follow after some words of a command line; what the scripts of all shells are made of.
struct CompletionPlace {
    /// The words so far, each after a slash; empty at the beginning.
    let path: String
    /// What can come next, each with its meaning.
    let words: [(word: String, meaning: String)]
    let takesFiles: Bool
    /// The options of this command alone, and those of every command.
    let ownOptions: [ParameterDeclaration]
    let options: [ParameterDeclaration]

    /// Every place, the beginning first.
    static func all(of application: Application) -> [CompletionPlace] {
        let nodes = application.tree.all
        return nodes.map { place(at: $0, of: application) } + nodes.compactMap { helpPlace(at: $0, of: application) }
    }

    private static func place(at node: CommandTree, of application: Application) -> CompletionPlace {
        var words = node.children.map { ($0.word, $0.summary) }
        if node.command?.path == Command.help.path {
            words =
                (application.tree.children.map { ($0.word, $0.summary) })
                + application.topics.map { ($0.name, $0.summary) }
        }
        let argument = node.command?.arguments.first
        if case .words(let offered) = argument?.completion { words += offered.map { ($0, argument?.meaning ?? "") } }
        let own = node.command?.options ?? []
        return CompletionPlace(
            path: node.path.map { "/\($0)" }.joined(), words: words,
            takesFiles: node.command?.arguments.contains { $0.completion == .files } ?? false,
            ownOptions: own, options: own + GlobalOptions.all)
    }

    /// After `help` come the words of a noun again, and then its verbs.
    private static func helpPlace(at node: CommandTree, of application: Application) -> CompletionPlace? {
        guard !node.path.isEmpty, !node.children.isEmpty else { return nil }
        return CompletionPlace(
            path: "/help" + node.path.map { "/\($0)" }.joined(), words: node.children.map { ($0.word, $0.summary) },
            takesFiles: false, ownOptions: [], options: GlobalOptions.all)
    }
}

extension ParameterDeclaration {
    /// `--to` and `-t`.
    var spellings: [String] { [label] + (short.map { ["-\($0)"] } ?? []) }
}

extension Application {
    /// The name as a shell function's.
    var functionName: String { name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined() }
}

extension String {
    /// In single quotes, for bash and zsh.
    var shellQuoted: String { "'" + replacing("'", with: #"'\''"#) + "'" }

    /// In single quotes, for fish, which knows two escapes within.
    var fishQuoted: String { "'" + replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'" }
}
