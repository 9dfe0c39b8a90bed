import CLI
import Configuration
import Entities
import EventLog
import System
import Transfer

extension Command {
    private static let from = Option<String?>("from", .path, "Another folder than the shipped `ops/sample`.")

    static let sampleLoad = Command(
        "sample load", "Fills an empty log with a small studio and its past week.",
        details: """
            Two people, nine characters, their wardrobe, stories and games, with a mistake and its correction. The events are \
            dated over the past seven days, and so only an empty log takes them.
            """,
        options: [from]
    ) { run in
        let now = SystemWallClock().now()
        let clock = SampleClock(now)
        let progress = StepProgress("Loading", unit: "steps", on: run.output)
        defer { progress.end() }
        let position: Int
        do {
            position = try await Workbench.with(run, clock: clock, makesHome: true) { bench in
                guard let folder = run[from] ?? bench.sample else {
                    throw Failure(
                        "The files of the sample studio did not come with this program.", advice: "Name it with --from."
                    )
                }
                return try await SampleStudio(reading: folder, bench.service.catalogue).load(
                    into: bench.service, clock: clock, now: now
                ) { progress.reach($0, of: $1) }
            }
        } catch let problem as SampleStudio.Problem {
            throw Failure(problem.description)
        }
        run.output.say("Loaded the sample studio: \(position) events.", ["position": .number(position)])
    }
}
