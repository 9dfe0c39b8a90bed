import CLI
import Configuration
import System
import Testing

@Suite struct CompletionTests {
    private static func script(_ shell: String) async -> String { await Sample.run("completion \(shell)").output }

    /// What bash offers for a line, sorted; the last word is the one being typed.
    private static func offers(_ words: [String]) async throws -> [String] {
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        let caller = """
            cd \(Files.folder(of: #filePath))
            COMP_WORDS=(sample \(quoted)); COMP_CWORD=\(words.count); COMPREPLY=()
            compopt() { :; }
            _sample
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let script = await script("bash")
        let result = try await System.Program("/bin/bash", ["-c", "set -eu\n\(script)\n\(caller)"]).run()
        #expect(result.errorText == "")
        return result.outputText.split(separator: "\n").map(String.init).sorted()
    }

    @Test(
        arguments: [
            ([""], ["backup", "completion", "help", "manual", "rewind", "serve", "version"]),
            (["b"], ["backup"]),
            (["backup", ""], ["create", "delete"]),
            (["backup", "c"], ["create"]),
            (["--json", "backup", "d"], ["delete"]),
            (["backup", "delete", ""], ["first", "last"]),
            (["help", "ba"], ["backup"]),
            (["help", "backup", ""], ["create", "delete"]),
            (["help", "wo"], ["words"]),
            (["wo"], []),
            (["completion", ""], ["bash", "fish", "zsh"]),
            (["serve", "--"], ["--color", "--help", "--json", "--yes"]),
            (["backup", "create", "--f"], ["--format", "--full"]),
            (["backup", "create", "--format", ""], ["tar", "zip"]),
            (["backup", "create", "--format", "=", "z"], ["zip"]),
            (["backup", "create", "--format", "="], ["tar", "zip"]),
            (["backup", "create", "--tag", ""], []),
            (["serve", "--color", "a"], ["always", "auto"]),
            (["backup", "create", "--to", "Completion"], ["CompletionTests.swift"]),
            (["backup", "create", "-t", "Completion"], ["CompletionTests.swift"]),
            (["backup", "create", "Sam"], ["Sample.swift"]),
            (["nonsense", "x"], []),
        ] as [([String], [String])])
    func bashOffersWhatCanFollow(words: [String], offers: [String]) async throws {
        #expect(try await Self.offers(words) == offers)
    }

    @Test func bashFindsTheScriptWellFormedAndRegistersIt() async throws {
        let script = await Self.script("bash")
        let result = try await System.Program("/bin/bash", ["-c", "\(script)\ncomplete -p sample"]).run()
        #expect(result.outputText == "complete -F _sample sample\n")
        #expect(result.errorText == "")
    }

    @Test func zshShowsWordsWithTheirMeaning() async {
        let script = await Self.script("zsh")
        #expect(script.hasPrefix("#compdef sample\n"))
        #expect(script.contains("(/serve|/backup|/backup/create|/backup/delete|"))
        #expect(script.contains("'create:Writes a backup.' 'delete:Deletes a backup.'"))
        #expect(script.contains("(/backup/create:--to|/backup/create:-t) _files; return ;;"))
        #expect(script.contains("(/backup/create:--format) compadd -- 'tar' 'zip'; return ;;"))
        #expect(script.count { $0 == "{" } == script.count { $0 == "}" })
    }

    @Test func fishHasALineForEachThing() async {
        let script = await Self.script("fish")
        #expect(script.contains(#"complete -c sample -n '__sample_at ""' -a 'serve' -d 'Answers requests.'"#))
        #expect(
            script.contains(
                #"complete -c sample -n '__sample_at /backup/create' -s t -l to -r -F -d 'Where it goes.'"#))
        #expect(script.contains(#"-l format -x -a 'tar zip' -d 'How it is packed.'"#))
    }

    @Test func quotationMarksInMeaningsDoNoHarm() async throws {
        let terminal = FakeTerminal.pipe()
        let application = Application(
            name: "sample", summary: "S.",
            commands: [
                Command(
                    "it", #"It's $HOME `id` \ "quoted": all."#,
                    options: [Option("of", .choice(["it's", "$x"]), "What's \\ left.")]
                ) { _ in }
            ])
        let surroundings = Surroundings(environment: [:], folder: "/", terminal: terminal)
        for shell in ["bash", "zsh", "fish"] { _ = await application.run(["completion", shell], in: surroundings) }
        #expect(terminal.output.contains(#"'it:It'\''s $HOME `id` \ "quoted": all.'"#))
        #expect(terminal.output.contains(#"-d 'It\'s $HOME `id` \\ "quoted": all.'"#))
        let bash = FakeTerminal.pipe()
        _ = await application.run(
            ["completion", "bash"], in: Surroundings(environment: [:], folder: "/", terminal: bash))
        let result = try await System.Program("/bin/bash", ["-n", "-c", bash.output]).run()
        #expect(result.errorText == "")
    }
}
