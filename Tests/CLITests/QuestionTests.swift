import Synchronization
import System
import Testing

@testable import CLI

@Suite struct QuestionTests {
    private static let line = "backup delete --reason old --color=never"

    @Test(arguments: ["y", "Y", "yes", "YES"])
    func aYesGoesOn(answer: String) async {
        let outcome = await Sample.run(Self.line, on: .person(answers: [answer]))
        #expect(outcome.record == "last because old")
        #expect(outcome.errors == "Delete the last backup? [y/N] ")
    }

    @Test(arguments: [["n"], ["no"], [""], [], ["what?", "hm", "y?", "y"]])
    func anythingElseStops(answers: [String]) async {
        let outcome = await Sample.run(Self.line, on: .person(answers: answers))
        #expect(outcome.record == "")
        #expect(outcome.code == 1)
        #expect(outcome.errors.hasSuffix("Nothing was changed.\n"))
        // Saying no is a choice, not a mistake.
        #expect(!outcome.errors.contains("Error"))
    }

    @Test func anUnclearAnswerIsAskedForAgain() async {
        let outcome = await Sample.run(Self.line, on: .person(answers: ["perhaps", "y"]))
        #expect(outcome.record == "last because old")
        #expect(
            outcome.errors
                == "Delete the last backup? [y/N] Please answer yes or no.\nDelete the last backup? [y/N] ")
    }

    @Test(arguments: ["", " --json"])
    func nobodyToAskMeansNo(option: String) async {
        let outcome = await Sample.run(Self.line + option, on: option.isEmpty ? .pipe() : .person(answers: ["y"]))
        #expect(outcome.record == "")
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("there is no terminal to ask: Delete the last backup?"))
        #expect(outcome.errors.contains("Pass --yes to confirm."))
    }

    @Test func yesIsTakenForGranted() async {
        let outcome = await Sample.run(Self.line + " --yes", on: .pipe())
        #expect(outcome.record == "last because old")
    }

    @Test func ctrlCIsHeardWhileTheQuestionStands() async {
        let interruption = Interruption()
        let terminal = SilentPerson { interruption.receive(.interrupt) }
        let surroundings = Surroundings(
            environment: [:], folder: "/", terminal: terminal, interruption: interruption)
        let code = await Sample.application().run(["backup", "delete", "--reason", "x"], in: surroundings)
        #expect(code == 130)
        terminal.leave()
    }
}

/// A person who looks at the question and presses Ctrl-C.
private final class SilentPerson: Terminal {
    private let isGone = Monitor(false)
    private let press: @Sendable () -> Void

    init(press: @escaping @Sendable () -> Void) { self.press = press }

    func isInteractive(_ stream: StandardStream) -> Bool { true }
    var columns: Int? { nil }
    func write(_ text: String, to stream: StandardStream) throws(SystemError) {}

    func readLine() -> String? {
        press()
        return isGone.wait(until: { $0 }) { _ in nil }
    }

    func leave() { isGone.withLock { $0 = true } }
}
