import CLI
import Configuration
import TestSupport
import Testing

@Suite struct ParsingTests {
    private static let plain = "full=false verbose=false to=- jobs=2 tags=[] format=tar age=- files=[]"

    @Test(arguments: [
        ("serve", "serve"),
        ("backup create a", "a \(plain)"),
        ("backup create a --full", "a full=true verbose=false to=- jobs=2 tags=[] format=tar age=- files=[]"),
        ("backup create --full a -v", "a full=true verbose=true to=- jobs=2 tags=[] format=tar age=- files=[]"),
        ("backup create -fv a", "a full=true verbose=true to=- jobs=2 tags=[] format=tar age=- files=[]"),
        ("backup create -fj8 a", "a full=true verbose=false to=- jobs=8 tags=[] format=tar age=- files=[]"),
        ("backup create -j=8 a", "a full=false verbose=false to=- jobs=8 tags=[] format=tar age=- files=[]"),
        ("backup create -j 8 a", "a full=false verbose=false to=- jobs=8 tags=[] format=tar age=- files=[]"),
        (
            "backup create a --to x/../y",
            "a full=false verbose=false to=/work/y jobs=2 tags=[] format=tar age=- files=[]"
        ),
        (
            "backup create a --to=~/b",
            "a full=false verbose=false to=/home/ada/b jobs=2 tags=[] format=tar age=- files=[]"
        ),
        (
            "backup create a --tag x --tag=y=z --format zip --max-age 90s f /g",
            #"a full=false verbose=false to=- jobs=2 tags=["x", "y=z"] format=zip age=90.0 seconds files=["/work/f", "/g"]"#
        ),
        ("backup create -- --full", "--full \(plain)"),
        ("backup create - ", "- \(plain)"),
        ("backup create -5", "-5 \(plain)"),
        ("--json backup create a", "a \(plain)"),
        ("--color never backup create a --color=never", ""),
        ("backup delete --reason old --yes", "last because old"),
        ("backup delete first -y --reason=", "first because "),
        ("rewind", "nowhere"),
        ("rewind 2026-11-21T06:10:34Z", "2026-11-21T06:10:34Z"),
        ("rewind serve", "serve"),
        ("rewind -- --help", "--help"),
    ])
    func aGoodLineReachesItsCommand(line: String, record: String) async {
        let outcome = await Sample.run(line)
        #expect(outcome.record == record)
        if !record.isEmpty { #expect(outcome.code == 0, "\(outcome.errors)") }
    }

    @Test(arguments: [
        ("srve", #""srve" is not a command. Did you mean "sample serve"?"#),
        ("frobnicate", #""frobnicate" is not a command."#),
        ("backup crate a", #""crate" is not a verb of "backup". Did you mean "sample backup create"?"#),
        ("create a", #""create" is not a command. Did you mean "sample backup create"?"#),
        ("backup create", "<name> is missing; it must be a text."),
        ("backup create a --ful", #""--ful" is not an option of "backup create". Did you mean --full?"#),
        ("--jsn serve", #""--jsn" is not an option. Did you mean --json?"#),
        ("backup create a -x", #""-x" is not an option of "backup create"."#),
        ("backup create a -fx", #""-x" is not an option of "backup create"."#),
        ("backup create a --full=yes", #"--full takes no value, but was given "yes"."#),
        ("backup create a -f=yes", #"-f takes no value, but was given "yes"."#),
        ("backup create a --full --full", "--full may be given only once."),
        ("backup create a --jobs 1 -j2", "-j may be given only once."),
        ("backup create a --to", "--to needs a value: --to <folder>."),
        (
            "backup create a --to --full",
            #"--to needs a value: --to <folder>. If "--full" is the value, write --to=--full."#
        ),
        ("backup create a --jobs many", #"--jobs is "many", but must be a whole number from 1 to 64."#),
        ("backup create a --jobs=", #"--jobs is "", but must be a whole number from 1 to 64."#),
        ("backup create a --format zp", #"--format is "zp", but must be tar or zip. Did you mean zip?"#),
        ("backup create a --max-age 90", #"--max-age is "90", but must be a duration such as 250ms or 30s."#),
        ("backup delete", "--reason is missing; it must be a text."),
        ("backup delete second --reason x", #"<which> is "second", but must be first or last."#),
        ("serve now", #""serve" takes no arguments, so "now" is one too many."#),
        ("rewind a b", #""rewind" takes only one argument, so "b" is one too many."#),
        ("help backup crate", #""crate" is not a verb of "backup". Did you mean "sample backup create"?"#),
        ("help nothing", #""nothing" is not a command."#),
        ("completion bsh", #"<shell> is "bsh", but must be bash, zsh or fish. Did you mean bash?"#),
        ("serve --color=blue", #"--color is "blue", but must be auto, always or never."#),
    ])
    func aWrongLineIsRefusedWithAWayOut(line: String, message: String) async {
        let outcome = await Sample.run(line)
        #expect(outcome.code == 2)
        #expect(outcome.record == "")
        #expect(outcome.output == "")
        #expect(outcome.errors.hasPrefix("Error: \(message)"), "\(outcome.errors)")
        #expect(outcome.errors.contains("See \"sample help"))
    }

    @Test func aVariableStandsInForAnOptionThatIsNotGiven() async {
        let fromVariable = await Sample.run("backup create a", environment: ["SAMPLE_TO": "/backups"])
        #expect(fromVariable.record.contains("to=/backups"))
        let given = await Sample.run("backup create a --to /here", environment: ["SAMPLE_TO": "/backups"])
        #expect(given.record.contains("to=/here"))
        let empty = await Sample.run("backup create a", environment: ["SAMPLE_TO": ""])
        #expect(empty.record.contains("to=- "))
        let wrong = await Sample.run("backup create a", environment: ["SAMPLE_TO": "~", "HOME": "nowhere"])
        #expect(wrong.errors.contains("The value comes from the variable SAMPLE_TO."))
        #expect(wrong.code == 2)
    }

    @Test func aTextFromAStrangerCannotCommandTheTerminal() async {
        let outcome = await Sample.run(["\u{1B}[2Jserve\u{7}"], on: .person())
        #expect(!outcome.errors.contains("\u{1B}[2J"))
        #expect(!outcome.errors.contains("\u{7}"))
    }

    @Test func noLineCrashes() async {
        let seed: UInt64 = 20_261_121
        var generator = SeededRandom(seed: seed)
        let words = [
            "backup", "create", "delete", "serve", "rewind", "help", "version", "completion", "bash", "--full", "-f",
            "-fj8",
            "--to", "--to=", "--to=x", "-t", "--tag", "--jobs", "-j", "7", "-7", "--", "-", "", "--json", "--yes", "-y",
            "--color", "--color=", "always", "--help", "-h", "-=", "--=", "=", "---", "\u{0}", "🎨", "é", "\u{1B}[31m",
            "~",
            "words", "--version", "--reason", "last",
        ]
        for round in 0..<3_000 {
            let count = Int.random(in: 0...7, using: &generator)
            let line = (0..<count).map { _ in words[Int.random(in: words.indices, using: &generator)] }
            let outcome = await Sample.run(line, on: round.isMultiple(of: 2) ? .pipe() : .person())
            #expect(0...2 ~= outcome.code, "seed \(seed): \(line)")
            #expect(outcome.code == 0 || !outcome.errors.isEmpty, "seed \(seed): \(line) fails in silence")
        }
    }
}
