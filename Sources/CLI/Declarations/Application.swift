/// A command line program: what it is called and what it can do.
///
///     Application(name: "lifeos", summary: "Your AI studio …", commands: [.serve, .backupCreate]).runAndExit()
///
/// It adds `help`, `completion` and `manual` by itself, and `--version` runs the command `version` where there is one.
public struct Application: Sendable {
    let name: String
    let summary: String
    let commands: [Command]
    let topics: [Topic]
    let tree: CommandTree

    /// - Parameters:
    ///   - nouns: a sentence for each first word that several commands share; without one, its verbs are listed.
    ///   - topics: pages of help that belong to no command.
    public init(
        name: String, summary: String, nouns: KeyValuePairs<String, String> = [:], commands: [Command],
        topics: [Topic] = []
    ) {
        self.name = name
        self.summary = summary
        self.topics = topics
        self.commands = commands + [.help, .completion, .manual]
        tree = CommandTree(self.commands, nouns: nouns)
    }
}
