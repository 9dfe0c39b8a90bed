/// The commands by their words: a node for each noun, a leaf for each verb.
struct CommandTree: Sendable {
    let word: String
    /// The words from the root to here.
    let path: [String]
    private(set) var command: Command?
    /// In the order of their declaration.
    private(set) var children: [CommandTree] = []
    private let ownSummary: String?

    init(_ commands: [Command], nouns: KeyValuePairs<String, String>) {
        self.init(path: [], summary: nil)
        for command in commands {
            insert(command, nouns: nouns)
        }
    }

    private init(path: [String], summary: String?) {
        word = path.last ?? ""
        self.path = path
        ownSummary = summary
    }

    private mutating func insert(_ command: Command, nouns: KeyValuePairs<String, String>) {
        guard command.words.count > path.count else {
            precondition(self.command == nil, "the command \(command.path) is declared twice")
            self.command = command
            return
        }
        let next = command.words[path.count]
        if let index = children.firstIndex(where: { $0.word == next }) {
            children[index].insert(command, nouns: nouns)
        } else {
            let childPath = path + [next]
            let summary = nouns.first { $0.key == childPath.joined(separator: " ") }?.value
            var child = CommandTree(path: childPath, summary: summary)
            child.insert(command, nouns: nouns)
            children.append(child)
        }
    }

    /// A sentence for lists: the command's own, the noun's, or the verbs.
    var summary: String {
        command?.summary ?? ownSummary ?? "Verbs: \(children.map(\.word).joined(separator: ", "))."
    }

    subscript(word: String) -> CommandTree? { children.first { $0.word == word } }

    /// Every node, parents first.
    var all: [CommandTree] { [self] + children.flatMap(\.all) }
}
