import Glibc
import System
import Testing

@testable import CLI

/// `lifeos log show --json > /dev/full` once ended with 0, and whoever kept its output for a copy had none.
@Suite struct LostOutputTests {
    /// One for each way to print; each also claims to have succeeded.
    private static let printers = [
        Command("says", "Says something.") { $0.output.say("The sentence.", ["number": 1]) },
        Command("quotes", "Prints a text as it is.") { $0.output.verbatim("A document.\n") },
        Command("lists", "Prints a table.") { $0.output.table(["name"], [["one"]]) },
        Command("tells", "Prints fields.") { $0.output.fields(["name": "one"]) },
        .doctor("checks", checks: { _ in [Check("health") { .ok("Fine.") }] }),
    ]
    private static let lines = [
        ["says"], ["quotes"], ["lists"], ["tells"], ["checks"], ["help"], ["help", "says"], ["help", "words"],
        ["says", "--help"], ["--help"], ["version"], ["--version"], ["completion", "bash"],
    ]

    @Test(arguments: lines, [[], ["--json"]])
    func whatPrintsFailsWhenItsOutputCannotBeWritten(_ line: [String], _ form: [String]) async {
        let full = FakeTerminal(outputBytesMax: 0, lossCode: ENOSPC)
        let outcome = await Sample.run(line + form, on: full, extra: Self.printers)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
        #expect(outcome.errors.contains("output_lost") == !form.isEmpty)
        let closed = await Sample.run(line + form, on: FakeTerminal(outputBytesMax: 0), extra: Self.printers)
        #expect(closed.code == 1)
        #expect(closed.errors == "")
    }

    @Test func aReaderWhoLeavesEndsTheCommandQuietly() async {
        let written = Lock(0)
        let endless = Command("endless", "Never stops by itself.") { run in
            while true {
                try Task.checkCancellation()
                run.output.say("again")
                written.withLock { $0 += 1 }
                await Task.yield()
            }
        }
        let outcome = await Sample.run(["endless"], on: FakeTerminal(outputBytesMax: 100), extra: [endless])
        #expect(outcome.code == 1)
        #expect(outcome.output == String(repeating: "again\n", count: 16))
        #expect(outcome.errors == "")
        #expect(written.withLock { $0 } >= 16)
    }

    @Test func aCommandStoppedForItsOutputNamesTheOutputAndNotWhatTheStopDid() async {
        struct Odd: Error {}
        let command = Command("odd", "Fails oddly when it is stopped.") { run in
            run.output.say("more than fits")
            throw Odd()
        }
        let full = FakeTerminal(outputBytesMax: 3, lossCode: ENOSPC)
        let outcome = await Sample.run(["odd"], on: full, extra: [command])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("Standard output cannot be written"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("Odd"))
    }

    @Test func aFailureIsToldEvenWhenTheReaderHasLeft() async {
        let command = Command("late", "Fails at the end.") { run in
            run.output.say("more than fits")
            throw Failure("It broke.", exitCode: .usage)
        }
        let outcome = await Sample.run(["late"], on: FakeTerminal(outputBytesMax: 3), extra: [command])
        #expect(outcome.code == 2)
        #expect(outcome.errors == "Error: It broke.\n")
    }
}
