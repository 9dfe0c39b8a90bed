/// A command line program: what it is called and what it can do.
///
///     Application(name: "lifeos", summary: "Your AI studio …", groups: [.init("Serve", [.serve])]).runAndExit()
///
/// It adds `help`, `completion` and `manual` to the last group, and `--version` runs the command `version` where there is one.
public struct Application: Sendable {
    let name: String
    let summary: String
    let groups: [CommandGroup]
    let topics: [Topic]
    let tree: CommandTree

    var commands: [Command] { groups.flatMap(\.commands) }

    /// - Parameters:
    ///   - nouns: a sentence for each first word that several commands share; without one, its verbs are listed.
    ///   - groups: the commands in the order of help. A first word appears in the group that has it first.
    ///   - topics: pages of help that belong to no command.
    public init(
        name: String, summary: String, nouns: KeyValuePairs<String, String> = [:], groups: [CommandGroup],
        topics: [Topic] = []
    ) {
        self.name = name
        self.summary = summary
        self.topics = topics
        let own: [Command] = [.help, .completion, .manual]
        let last = groups.last ?? CommandGroup("Commands", [])
        self.groups = groups.dropLast() + [CommandGroup(last.title, last.commands + own)]
        tree = CommandTree(self.groups.flatMap(\.commands), nouns: nouns)
    }

    /// A program with too few commands to group.
    public init(
        name: String, summary: String, nouns: KeyValuePairs<String, String> = [:], commands: [Command],
        topics: [Topic] = []
    ) {
        self.init(
            name: name, summary: summary, nouns: nouns, groups: [CommandGroup("Commands", commands)], topics: topics)
    }

    /// The first words of each group, with what they stand for.
    var groupedWords: [(title: String, words: [CommandTree])] {
        var seen: Set<String> = []
        return groups.map { group in
            let words = group.commands.compactMap(\.words.first).filter { seen.insert($0).inserted }
            return (group.title, words.compactMap { tree[$0] })
        }
    }
}

/// Commands that serve one purpose, under a heading in help.
public struct CommandGroup: Sendable {
    let title: String
    let commands: [Command]

    /// - Parameter title: two or three words, such as `History and undo`.
    public init(_ title: String, _ commands: [Command]) {
        self.title = title
        self.commands = commands
    }
}
