internal import Configuration

/// The shells that a completion script can be made for.
enum Shell: String, CaseIterable { case bash, zsh, fish }

extension Command {
    private static let shell = Argument("shell", .choice(of: Shell.self), "The shell.")

    /// `completion`, which every program has.
    static let completion = Command(
        "completion", "Print a completion script for your shell.",
        details: """
            Bash: put it where bash-completion looks, such as ~/.local/share/bash-completion/completions/<program>.
            Zsh: save it as _<program> in a folder of $fpath.
            Fish: save it as ~/.config/fish/completions/<program>.fish.
            """,
        arguments: [shell]
    ) { run in
        let script =
            switch run[shell] {
            case .bash: BashCompletion(run.application).script
            case .zsh: ZshCompletion(run.application).script
            case .fish: FishCompletion(run.application).script
            }
        run.output.verbatim(script)
    }
}
