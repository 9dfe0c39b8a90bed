import JSON
import System
import Testing

@testable import CLI

@Suite struct OutputTests {
    private static let report = Command("report", "Shows something of everything.") { run in
        run.output.say("Read 3 files.", ["files": 3, "read_bytes": .size(1_234_567)])
        run.output.note("In passing.")
        run.output.warn("The disk is nearly full.", ["free_bytes": .size(10)])
        run.output.table(
            ["name", "size_bytes", "made_at", "state"],
            [
                ["Café", .size(2_048), .time(Timestamp(microsecondsSinceEpoch: 0)), .status(.ok)],
                ["日本", .size(987_654_321), .nothing, .status(.failed)],
            ])
        run.output.table(["name"], [], empty: "No backups yet.")
        run.output.fields([
            "path": "/var/lib/lifeos", "events": 1_234_567,
            Column("age_seconds", title: "Age"): .duration(.seconds(3_725)),
            "ratio": .decimal(2.5), "locked": false, "note": nil,
        ])
    }

    private static func run(
        _ line: [String] = ["report"], on terminal: FakeTerminal, _ environment: [String: String] = [:]
    )
        async -> Sample.Outcome
    {
        await Sample.run(line, environment: environment, on: terminal, extra: [report])
    }

    @Test func peopleReadSentencesTablesAndFields() async {
        let outcome = await Self.run(on: .pipe())
        #expect(
            outcome.output == """
                Read 3 files.
                Name  Size bytes  Made at               State
                Café     2.0 KiB  1970-01-01T00:00:00Z  ok
                日本     942 MiB  -                     failed
                Path    /var/lib/lifeos
                Events  1,234,567
                Age     1 h 2 m
                Ratio   2.50
                Locked  no
                Note    -

                """)
        #expect(outcome.errors == "In passing.\nWarning: The disk is nearly full.\nNo backups yet.\n")
    }

    @Test func machinesReadOneObjectALine() async throws {
        let outcome = await Self.run(["report", "--json"], on: .pipe())
        #expect(
            outcome.output == """
                {"message":"Read 3 files.","files":3,"read_bytes":1234567}
                {"name":"Café","size_bytes":2048,"made_at":"1970-01-01T00:00:00.000000Z","state":"ok"}
                {"name":"日本","size_bytes":987654321,"made_at":null,"state":"failed"}
                {"path":"/var/lib/lifeos","events":1234567,"age_seconds":3725.0,"ratio":2.5,"locked":false,"note":null}

                """)
        #expect(outcome.errors == "{\"warning\":{\"message\":\"The disk is nearly full.\",\"free_bytes\":10}}\n")
    }

    @Test(
        arguments: [
            (true, [:], [], true), (false, [:], [], false), (true, ["NO_COLOR": "1"], [], false),
            (true, ["NO_COLOR": ""], [], true),
            (true, ["TERM": "dumb"], [], false), (true, ["TERM": "xterm"], [], true),
            (false, [:], ["--color", "always"], true),
            (false, ["NO_COLOR": "1"], ["--color=always"], true), (true, [:], ["--color=never"], false),
        ] as [(Bool, [String: String], [String], Bool)])
    func coloursAreForTerminalsThatWantThem(
        isTerminal: Bool, environment: [String: String], options: [String], hasColours: Bool
    ) async {
        let outcome = await Self.run(["report"] + options, on: isTerminal ? .person() : .pipe(), environment)
        #expect(outcome.output.contains("\u{1B}[32mok") == hasColours)
        #expect(outcome.errors.contains("\u{1B}[33mWarning:") == hasColours)
        let failed = await Self.run(["nonsense"] + options, on: isTerminal ? .person() : .pipe(), environment)
        #expect(failed.errors.contains("\u{1B}[31mError:") == hasColours)
    }

    @Test func aTableFitsItsTerminal() async {
        let wide = Command("wide", "Shows long cells.") { run in
            let long = String(repeating: "abcdefghij", count: 20)
            run.output.table(["name", "text", "count"], [["short", .text(long), 7], ["short", .text(long), 1_000]])
        }
        let outcome = await Sample.run(["wide", "--color=never"], on: .person(columns: 40), extra: [wide])
        #expect(
            outcome.output == """
                Name   Text                        Count
                short  abcdefghijabcdefghijabcde…      7
                short  abcdefghijabcdefghijabcde…  1,000

                """)
        let piped = await Sample.run(["wide"], extra: [wide])
        #expect(piped.output.contains(String(repeating: "abcdefghij", count: 20)))
    }

    /// Half an id cannot be copied, and half a number is another number.
    @Test func identifiersNumbersAndTimesAreNeverCut() async {
        let id = "20261121T123000Z-incremental-374"
        let command = Command("ids", "Shows ids.") { run in
            run.output.table(
                ["id", "size", Column("parent", isDetail: true), "note"],
                [[.identifier(id), .size(1 << 20), .identifier(id), "a long remark about it"]])
        }
        let narrow = await Sample.run(["ids", "--color=never"], on: .person(columns: 56), extra: [command])
        #expect(
            narrow.output == """
                Id                                   Size  Note
                \(id)  1.0 MiB  a long remar…

                """)
        let wide = await Sample.run(["ids", "--color=never"], on: .person(columns: 120), extra: [command])
        #expect(wide.output.contains("Parent") && wide.output.contains("a long remark about it"))
        let machine = await Sample.run(["ids", "--json"], on: .person(columns: 40), extra: [command])
        #expect(machine.output.contains(#""parent":"\#(id)""#))
    }

    @Test func aCommandMayEndWithACodeAndNoError() async {
        let command = Command("down", "Says that it is down.") { run in
            run.output.say("Down.")
            throw ExitCode.notRunning
        }
        let outcome = await Sample.run(["down"], extra: [command])
        #expect(outcome.code == 3 && outcome.output == "Down.\n" && outcome.errors == "")
    }

    @Test func whatIsPrintedCannotCommandTheTerminal() async {
        let hostile = "a\u{1B}]0;owned\u{7}\nb\u{202E}\u{9B}2J"
        let command = Command("hostile", "Prints what a stranger wrote.") { run in
            run.output.say("\(hostile)")
            run.output.note(hostile)
            run.output.warn(hostile)
            run.output.table(["x"], [[.text(hostile)]])
            run.output.fields(["x": .text(hostile)])
            run.output.progress(hostile, total: 2).advance()
            throw Failure(hostile, advice: hostile)
        }
        let outcome = await Sample.run(["hostile", "--color=never"], on: .person(), extra: [command])
        let written = (outcome.output + outcome.errors).replacing("\r\u{1B}[K", with: "")
        #expect(!written.unicodeScalars.contains { ["\u{1B}", "\u{7}", "\u{202E}", "\u{9B}"].contains($0) })
    }

    @Test func aFailureSaysWhatToDoNext() async {
        struct Odd: Error, CustomStringConvertible { let description = "The moon is full." }
        let commands = [
            Command("one", "Fails.") { _ in
                throw Failure("The disk is full.", advice: "Free 2 GiB.", code: .init(rawValue: "disk_full"))
            },
            Command("two", "Fails.") { _ in throw Odd() },
        ]
        let people = await Sample.run(["one"], extra: commands)
        #expect(people.errors == "Error: The disk is full.\nFree 2 GiB.\n")
        #expect(people.code == 1)
        let machine = await Sample.run(["one", "--json"], extra: commands)
        #expect(
            machine.errors
                == #"{"error":{"code":"disk_full","message":"The disk is full.","advice":"Free 2 GiB.","exit_code":1}}"#
                + "\n")
        #expect(await Sample.run(["two"], extra: commands).errors == "Error: The moon is full.\n")
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func numbersAreGrouped(number: Int, text: String) { #expect(Quantity.grouped(number) == text) }

    @Test(arguments: [
        (0, "0 B"), (1_023, "1,023 B"), (1_024, "1.0 KiB"), (1_536, "1.5 KiB"), (102_400, "100 KiB"),
        (1 << 20, "1.0 MiB"),
        ((1 << 20) - 1, "1.0 MiB"), (-2_048, "-2.0 KiB"), (Int.max, "8.0 EiB"), (Int.min, "-8.0 EiB"),
    ])
    func sizesHaveAUnit(bytes: Int, text: String) { #expect(Quantity.size(bytes) == text) }

    @Test(
        arguments: [
            (.zero, "0 µs"), (.microseconds(999), "999 µs"), (.microseconds(1_500), "1.5 ms"),
            (.milliseconds(12), "12 ms"),
            (.milliseconds(1_500), "1.5 s"), (.seconds(34), "34 s"), (.seconds(120), "2 m"), (.seconds(125), "2 m 5 s"),
            (.seconds(3_600), "1 h"), (.seconds(90_061), "1 d 1 h"), (.seconds(-90), "-1 m 30 s"),
        ] as [(Duration, String)])
    func durationsHaveTwoUnits(duration: Duration, text: String) { #expect(Quantity.duration(duration) == text) }

    @Test(arguments: [
        (0.0, 2, "0.00"), (1.005, 1, "1.0"), (-0.001, 2, "0.00"), (1_234.5, 0, "1,235"), (-2.5, 1, "-2.5"),
        (.infinity, 2, "inf"),
        (1e300, 2, "1e+300"),
    ])
    func decimalsAreRounded(number: Double, digits: Int, text: String) {
        #expect(Quantity.decimal(number, digits: digits) == text)
    }

    @Test(arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("🎨", 2), ("❤️", 2), ("", 0), ("ｆ", 2), ("👩‍🎨", 2)])
    func widthIsWhatATerminalTakes(text: String, width: Int) { #expect(DisplayText.width(text) == width) }

    @Test func wrappingKeepsEveryWord() {
        let text = "a bb  ccc\n\nhttps://example.org/a/very/long/path d"
        #expect(
            DisplayText.wrap(text, width: 6) == ["a bb", "ccc", "", "https://example.org/a/very/long/path", "d"])
    }
}
