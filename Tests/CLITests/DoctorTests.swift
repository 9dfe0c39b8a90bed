import CLI
import System
import Testing

@Suite struct DoctorTests {
    private static func run(
        _ checks: [Check], line: [String] = ["doctor"], clock: any Clock<Duration> = ContinuousClock()
    ) async -> Sample.Outcome {
        await Sample.run(line, extra: [.doctor { _ in checks }], clock: clock)
    }

    @Test func aHealthyHouseExitsWithZero() async {
        let outcome = await Self.run([
            Check("database") { .ok("PostgreSQL 15.8 answers in 0.4 ms.") },
            Check("backup") { .warning("The last one is 9 days old.", advice: "Run lifeos backup create.") },
            Check("server") { .unknown("It is not running.") },
        ])
        #expect(outcome.code == 0)
        #expect(
            outcome.output == """
                ok       database: PostgreSQL 15.8 answers in 0.4 ms.
                warning  backup: The last one is 9 days old.
                         Run lifeos backup create.
                unknown  server: It is not running.

                """)
    }

    @Test func aFailedCheckFailsTheCommandAndTheOthersAreStillTold() async {
        struct Odd: Error, CustomStringConvertible { let description = "connect: No such file" }
        let checks = [
            Check("one") { throw Odd() },
            Check("two") { throw Failure("The disk is full.", advice: "Free some of it.") },
            Check("three") { .ok("Fine.") },
        ]
        let people = await Self.run(checks)
        #expect(people.code == 1)
        #expect(
            people.output == """
                failed   one: connect: No such file
                failed   two: The disk is full.
                         Free some of it.
                ok       three: Fine.

                """)
        #expect(people.errors == "Error: 2 of 3 checks failed.\n")
        let machine = await Self.run(checks, line: ["doctor", "--json"])
        #expect(
            machine.output == """
                {"check":"one","status":"failed","message":"connect: No such file"}
                {"check":"two","status":"failed","message":"The disk is full.","advice":"Free some of it."}
                {"check":"three","status":"ok","message":"Fine."}

                """)
    }

    @Test func aCheckThatHangsIsLeftBehind() async {
        let clock = ScriptedClock()
        let (never, hold) = AsyncStream<Void>.makeStream()
        async let outcome = Self.run(
            [
                Check("stuck") {
                    for await _ in never {}
                    return .ok("Too late.")
                }, Check("fine") { .ok("Fine.") },
            ],
            clock: clock)
        while clock.sleeperCount == 0 { await Task.yield() }
        while await !Self.isDone(outcomeOf: clock) { clock.advance(by: .seconds(10)) }
        #expect(await outcome.output.hasPrefix("failed   stuck: No answer within 10 s.\n"))
        #expect(await outcome.code == 1)
        hold.finish()
    }

    private static func isDone(outcomeOf clock: ScriptedClock) async -> Bool {
        await Task.yield()
        return clock.sleeperCount == 0
    }
}
