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

    /// Every place, the beginning first. The words after `help` are completed as if `help` were not there, so it has no
    /// place of its own.
    static func all(of application: Application) -> [CompletionPlace] {
        application.tree.all.filter { $0.command?.path != Command.help.path }.map { node in
            var words = node.children.map { ($0.word, $0.summary) }
            if node.path.isEmpty { words += application.topics.map { ($0.name, $0.summary) } }
            let argument = node.command?.arguments.first
            if case .words(let offered) = argument?.completion {
                words += offered.map { ($0, argument?.meaning ?? "") }
            }
            let own = node.command?.options ?? []
            return CompletionPlace(
                path: node.path.map { "/\($0)" }.joined(), words: words,
                takesFiles: node.command?.arguments.contains { $0.completion == .files } ?? false,
                ownOptions: own, options: own + GlobalOptions.all)
        }
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
