import CLI
import Configuration
import Testing

@Suite struct HelpTests {
    @Test(arguments: ["", "help", "--help", "-h", "help --color=never"])
    func theOverviewListsEverything(line: String) async {
        let outcome = await Sample.run(line)
        #expect(outcome.code == 0)
        #expect(outcome.errors == "")
        #expect(
            outcome.output == """
                A sample of a program, with something of everything that there is.

                Usage: sample <command> [options]

                Commands:
                  serve       Answers requests.
                  backup      Copies of everything.
                  rewind      Goes back.
                  version     Tells the version.
                  help        Explain a command or a topic.
                  completion  Print a completion script for your shell.
                  manual      Print the manual page of all commands and settings.

                Topics:
                  words  What the words mean.

                Options:
                  -h, --help          Show help for the command.
                      --json          Print JSON lines, for scripts.
                  -y, --yes           Answer every question with yes.
                      --color <when>  Colours: auto, always or never. NO_COLOR also turns them
                                      off.

                Run "sample help <command>" for details.

                """)
    }

    @Test func commandsStandInTheirGroups() async {
        let command = { (path: String) in Command(path, "Does \(path).") { _ in } }
        let application = Application(
            name: "sample", summary: "S.", nouns: ["log": "The log."],
            groups: [
                CommandGroup("Serve", [command("serve")]),
                CommandGroup("History", [command("log show"), command("log verify"), command("undo")]),
                CommandGroup("Repair", [command("log repair"), command("doctor")]),
            ])
        let terminal = FakeTerminal.pipe()
        _ = await application.run(["help"], in: Surroundings(environment: [:], folder: "/", terminal: terminal))
        #expect(
            terminal.output.contains(
                """
                Serve:
                  serve       Does serve.

                History:
                  log         The log.
                  undo        Does undo.

                Repair:
                  doctor      Does doctor.
                  help        Explain a command or a topic.

                """))
    }

    @Test func theCommandTableListsEveryCommand() async {
        let page = await Sample.run("manual --format markdown").output
        #expect(page.contains("\n## Commands\n"))
        #expect(page.contains("\n| `sample backup create <name> [<file>...]` | Writes a backup. |\n"))
        #expect(page.contains("\n| `sample completion <shell>` |"))
    }

    @Test(arguments: ["backup", "help backup", "backup --help", "--help backup", "backup -h --nonsense"])
    func aNounListsItsVerbs(line: String) async {
        let outcome = await Sample.run(line)
        #expect(outcome.code == 0)
        #expect(
            outcome.output.hasPrefix(
                """
                Copies of everything.

                Usage: sample backup <verb> [options]

                Verbs:
                  create  Writes a backup.
                  delete  Deletes a backup.

                Options:
                """))
        #expect(outcome.output.hasSuffix("\nRun \"sample help backup <verb>\" for details.\n"))
    }

    @Test(arguments: ["help backup create", "backup create --help", "backup create a --jobs nonsense -h"])
    func aCommandTellsAllItTakes(line: String) async {
        let outcome = await Sample.run(line)
        #expect(outcome.code == 0)
        #expect(
            outcome.output == """
                Writes a backup.

                Usage: sample backup create [options] <name> [<file>...]

                The backup proves itself: it is read again and compared before the command ends.

                Arguments:
                  <name>  What it is called.
                  <file>  What goes in.

                Options:
                  -f, --full                Copies everything, not only what is new.
                  -v, --verbose             Says more.
                  -t, --to <folder>         Where it goes. Variable: SAMPLE_TO.
                  -j, --jobs <number>       How many at once. Default: 2.
                      --tag <text>          A word to find it by. May be given several times.
                      --format <word>       How it is packed. One of: tar, zip. Default: tar.
                      --max-age <duration>  How old it may be.

                Examples:
                  sample backup create nightly --full
                      Copies everything to the usual place.
                  sample backup create trip --tag=photos --tag 2026 ~/Pictures
                      Copies one folder.

                Options of every command:
                  -h, --help          Show help for the command.
                      --json          Print JSON lines, for scripts.
                  -y, --yes           Answer every question with yes.
                      --color <when>  Colours: auto, always or never. NO_COLOR also turns them
                                      off.

                """)
    }

    @Test func whatIsRequiredStandsInTheUsageLine() async {
        let outcome = await Sample.run("help backup delete")
        #expect(outcome.output.contains("Usage: sample backup delete --reason <text> [<which>]\n"))
        #expect(outcome.output.contains("      --reason <text>  Why. Required.\n"))
        #expect(outcome.output.contains("  <which>  Which one. One of: first, last. Default: last.\n"))
    }

    @Test func aTopicHasAPageOfItsOwn() async {
        let outcome = await Sample.run("help words")
        #expect(
            outcome.output == """
                What the words mean.

                Words:
                  event  Something that happened.
                  log    All events, in order, for ever.

                """)
    }

    @Test func settingsExplainThemselves() async {
        let listen = Setting("LIFEOS_LISTEN", .listenAddress, default: "127.0.0.1:8080", "Where it answers.")
        let application = Application(name: "lifeos", summary: "S.", commands: [], topics: [.settings([listen])])
        let terminal = FakeTerminal.pipe()
        _ = await application.run(
            ["help", "settings"], in: Surroundings(environment: [:], folder: "/", terminal: terminal))
        #expect(
            terminal.output == """
                Environment variables that configure the program.

                Settings:
                  LIFEOS_LISTEN  Where it answers. An address such as 127.0.0.1:8080, [::1]:8080
                                 or unix:/run/lifeos.sock. Default: 127.0.0.1:8080.

                """)
    }

    @Test(arguments: [20, 40, 60, 80, 200])
    func noLineIsTooLong(columns: Int) async {
        for line in ["help", "help backup", "help backup create", "help words", "help completion"] {
            let outcome = await Sample.run(line + " --color=never", on: .person(columns: columns))
            // An example is one line to copy, and paths are not broken, however narrow the terminal.
            let lines = outcome.output.split(separator: "\n").filter {
                !$0.hasPrefix("  sample ") && !$0.contains("~/")
            }
            #expect(
                lines.allSatisfy { $0.count <= max(40, min(80, columns)) }, "\(lines.max { $0.count < $1.count } ?? "")"
            )
        }
    }

    @Test func machinesMustSayWhatTheyWant() async {
        let outcome = await Sample.run("backup --json")
        #expect(outcome.code == 2)
        #expect(outcome.errors.hasPrefix(#"{"error":{"code":"usage","message":"Choose a verb: create, delete.""#))
    }

    @Test func theVersionHasAnOptionToo() async {
        #expect(await Sample.run("--version").output == "Version  1.2.3\n")
        #expect(await Sample.run("--version --json").output == "{\"version\":\"1.2.3\"}\n")
    }
}
