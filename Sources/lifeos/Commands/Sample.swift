import Accounts
import CLI
import Configuration
import Entities
import EventLog
import System
import Transfer

extension Command {
    private static let from = Option<String?>(
        "from", .path, "A folder to load instead of the sample that comes with the program.")

    static let sampleLoad = Command(
        "sample load", "Fill an empty log with a small sample studio.",
        details: """
            The sample has two people, nine characters, their wardrobe, stories and games, and a mistake with its correction. Its events \
            are dated over the past seven days, so the log has to be empty.
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
                        "The sample studio was not installed with this program.", advice: "Name its folder with --from."
                    )
                }
                return try await SampleStudio(reading: folder, bench.service.catalogue).load(
                    into: bench.service, clock: clock, now: now, actor: Actor.commandLine.name
                ) { progress.reach($0, of: $1) }
            }
        } catch let problem as SampleStudio.Problem {
            throw Failure(problem.description)
        }
        run.output.say("Loaded the sample studio: \(position) events.", ["position": .number(position)])
    }
}
