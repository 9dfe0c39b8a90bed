import CLI
import JSON
import System
import Testing

@Suite struct ProgressTests {
    /// Runs a command that moves the clock by itself.
    private static func run(
        _ line: [String] = ["work", "--color=never"], on terminal: FakeTerminal,
        environment: [String: String] = [:],
        _ work: @escaping @Sendable (Output, ScriptedClock) async throws -> Void
    ) async -> Sample.Outcome {
        let clock = ScriptedClock()
        let command = Command("work", "Works.") { run in try await work(run.output, clock) }
        return await Sample.run(line, environment: environment, on: terminal, extra: [command], clock: clock)
    }

    @Test func aBarShowsRateAndTimeLeft() async {
        let terminal = FakeTerminal.person()
        let outcome = await Self.run(on: terminal) { output, clock in
            let progress = output.progress("Rebuilding", total: 1_000, unit: "events")
            #expect(
                terminal.takeErrors() == "\r\u{1B}[KRebuilding  ░░░░░░░░░░░░░░░░░░░░  0%  0 of 1,000 events")
            clock.advance(by: .seconds(1))
            progress.advance(by: 250)
            #expect(
                terminal.takeErrors()
                    == "\r\u{1B}[KRebuilding  █████░░░░░░░░░░░░░░░  25%  250 of 1,000 events  250/s  3 s left")
            clock.advance(by: .seconds(3))
            progress.reach(1_000)
            #expect(terminal.takeErrors().hasSuffix("  100%  1,000 of 1,000 events  250/s"))
            progress.finish()
            progress.finish()
            progress.advance()
            progress.abandon()
        }
        #expect(outcome.errors == "\r\u{1B}[KRebuilding: 1,000 events in 4.0 s (250/s)\n")
    }

    @Test func aBarIsDrawnAtMostTenTimesASecond() async {
        let outcome = await Self.run(on: .person()) { output, clock in
            let progress = output.progress("Counting", total: 100_000)
            for _ in 0..<100_000 {
                clock.advance(by: .microseconds(20))
                progress.advance()
            }
        }
        // The first, and then twenty in the two seconds.
        #expect(outcome.errors.split(separator: "\r").count == 21)
    }

    @Test func thePipeGetsALineNowAndThenAndAtTheEnd() async {
        let outcome = await Self.run(on: .pipe()) { output, clock in
            let progress = output.progress("Rebuilding", total: 1_000, unit: "events")
            for _ in 0..<100 {
                clock.advance(by: .milliseconds(120))
                progress.advance(by: 10)
            }
            progress.finish()
        }
        #expect(
            outcome.errors == """
                Rebuilding: 42%, 420 of 1,000 events, 83/s, 7 s left
                Rebuilding: 84%, 840 of 1,000 events, 83/s, 2 s left
                Rebuilding: 1,000 events in 12 s (83/s)

                """)
        #expect(outcome.output == "")
    }

    @Test func machinesGetEvents() async throws {
        let outcome = await Self.run(["work", "--json"], on: .pipe()) { output, clock in
            let progress = output.progress("Rebuilding", total: 400)
            for _ in 0..<4 {
                clock.advance(by: .milliseconds(500))
                progress.advance(by: 100)
            }
            progress.finish()
            output.say("Done.")
        }
        let start = #"{"progress":{"title":"Rebuilding","done":"#
        #expect(
            outcome.errors == """
                \(start)200,"total":400,"rate_per_second":200.0,"remaining_seconds":1,"finished":false}}
                \(start)400,"total":400,"rate_per_second":200.0,"finished":false}}
                \(start)400,"total":400,"rate_per_second":200.0,"finished":true}}

                """)
        #expect(outcome.output == "{\"message\":\"Done.\"}\n")
    }

    @Test func withoutATotalThereIsOnlyACount() async {
        let terminal = FakeTerminal.person()
        _ = await Self.run(on: terminal) { output, clock in
            let progress = output.progress("Reading", total: nil, unit: "rows")
            clock.advance(by: .seconds(2))
            progress.advance(by: 5_000)
            #expect(terminal.takeErrors() == "\r\u{1B}[KReading  0 rows\r\u{1B}[KReading  5,000 rows  2,500/s")
        }
    }

    @Test(arguments: [1, 10, 20, 30, 40, 60, 80, 200])
    func aBarNeverBreaksItsLine(columns: Int) async {
        let outcome = await Self.run(on: .person(columns: columns)) { output, clock in
            for total in [1_000_000, nil] {
                let progress = output.progress("Rebuilding it all", total: total, unit: "events")
                for _ in 0..<3 {
                    clock.advance(by: .seconds(1))
                    progress.advance(by: 123_456)
                }
                progress.abandon()
            }
        }
        let bars = outcome.errors.split(separator: "\r").map { $0.replacing("\u{1B}[K", with: "") }
        #expect(bars.allSatisfy { $0.count < max(columns, 2) }, "\(bars)")
    }

    @Test func aPlainTerminalGetsPlainLetters() async {
        let ascii = await Self.run(on: .person(), environment: ["LANG": "C"]) { output, _ in
            _ = output.progress("Rebuilding", total: 10)
        }
        #expect(ascii.errors.contains("Rebuilding  --------------------  0%"))
        let dumb = await Self.run(on: .person(), environment: ["TERM": "dumb"]) { output, _ in
            output.progress("Rebuilding", total: 10).finish()
        }
        #expect(!dumb.errors.contains("\r"))
    }

    @Test func whatIsSaidMeanwhileStandsAboveTheBar() async {
        let terminal = FakeTerminal.person(columns: 40)
        _ = await Self.run(on: terminal) { output, _ in
            let progress = output.progress("Rebuilding", total: nil)
            _ = terminal.takeErrors()
            output.warn("Careful.")
            #expect(terminal.takeErrors() == "\r\u{1B}[KWarning: Careful.\nRebuilding  0")
            #expect(output.writeLog(Array("a line of the log\n".utf8)))
            #expect(terminal.takeErrors() == "\r\u{1B}[Ka line of the log\nRebuilding  0")
            output.say("Half of it.")
            #expect(terminal.takeErrors() == "\r\u{1B}[KRebuilding  0")
            progress.abandon()
            output.warn("Gone.")
            #expect(terminal.takeErrors() == "\r\u{1B}[KWarning: Gone.\n")
        }
    }

    @Test func aFailureTakesTheBarAway() async {
        let outcome = await Self.run(on: .person()) { output, _ in
            try await output.progress("Rebuilding", total: 10) { _ in throw Failure("It broke.") }
        }
        #expect(outcome.errors.hasSuffix("\r\u{1B}[KError: It broke.\n"))
    }

    @Test func manyThreadsMayReport() async {
        let outcome = await Self.run(on: .pipe()) { output, clock in
            let progress = output.progress("Counting", total: 80_000)
            await withTaskGroup { group in
                for _ in 0..<8 { group.addTask { for _ in 0..<10_000 { progress.advance() } } }
            }
            clock.advance(by: .seconds(1))
            progress.finish()
        }
        #expect(outcome.errors == "Counting: 80,000 in 1.0 s (80,000/s)\n")
    }

    @Test func anEmptyPieceOfWorkIsDoneAtOnce() async {
        let outcome = await Self.run(on: .person()) { output, _ in output.progress("Rebuilding", total: 0).finish() }
        #expect(outcome.errors.contains("100%  0 of 0"))
        #expect(outcome.errors.hasSuffix("Rebuilding: 0 in 0 µs\n"))
    }
}
