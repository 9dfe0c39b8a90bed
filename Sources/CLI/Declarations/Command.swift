/// One thing a program does, with all that help, completion and the parser have to know of it.
public struct Command: Sendable {
    /// Noun and verb, or a single word.
    let words: [String]
    let summary: String
    let details: String?
    let options: [ParameterDeclaration]
    let arguments: [ParameterDeclaration]
    let examples: KeyValuePairs<String, String>
    let run: @Sendable (Invocation) async throws -> Void

    /// - Parameters:
    ///   - path: the words that call it: `serve`, or noun and verb as in `backup create`.
    ///   - summary: a sentence for lists of commands.
    ///   - details: what else one should know, in paragraphs; shown in the command's own help.
    ///   - arguments: in their order; those that may be left out come last.
    ///   - examples: whole command lines, and what they do.
    ///   - run: does it. What it throws ends the program with exit code 1, or with that of the ``Failure``.
    public init(
        _ path: String, _ summary: String, details: String? = nil, options: [any Parameter] = [],
        arguments: [any Parameter] = [], examples: KeyValuePairs<String, String> = [:],
        run: @escaping @Sendable (Invocation) async throws -> Void
    ) {
        words = path.split(separator: " ").map(String.init)
        self.summary = summary
        self.details = details
        self.options = options.map(\.declaration)
        self.arguments = arguments.map(\.declaration)
        self.examples = examples
        self.run = run
        checkDeclaration()
    }

    var path: String { words.joined(separator: " ") }

    /// Stops on what only the programmer can have got wrong.
    private func checkDeclaration() {
        precondition(!words.isEmpty && words.allSatisfy { !$0.hasPrefix("-") }, "a command needs a name")
        let names = options.map(\.name) + GlobalOptions.all.map(\.name)
        precondition(Set(names).count == names.count, "\(path) declares an option twice")
        let shorts = (options + GlobalOptions.all).compactMap(\.short)
        precondition(Set(shorts).count == shorts.count, "\(path) declares a short option twice")
        precondition(options.allSatisfy(\.isOption), "\(path) lists an argument among its options")
        precondition(!arguments.contains(where: \.isOption), "\(path) lists an option among its arguments")
        var mayBeLeftOut = false
        for argument in arguments {
            precondition(!mayBeLeftOut || argument.arity != .required, "\(path): \(argument.label) comes too late")
            mayBeLeftOut = mayBeLeftOut || argument.arity != .required
        }
        precondition(!arguments.dropLast().contains(where: \.isRepeated), "\(path): only the last argument repeats")
    }
}

/// A page of help that belongs to no command: `lifeos help settings`.
public struct Topic: Sendable {
    let name: String
    let summary: String
    let entries: @Sendable () -> [(term: String, text: String)]

    /// - Parameter entries: what the page lists; made when someone asks.
    public init(
        _ name: String, _ summary: String, entries: @escaping @Sendable () -> [(term: String, text: String)]
    ) {
        self.name = name
        self.summary = summary
        self.entries = entries
    }
}
