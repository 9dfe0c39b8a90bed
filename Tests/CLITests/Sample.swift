import CLI
import Configuration
import System

/// A small program with something of everything.
enum Sample {
    enum Format: String, CaseIterable { case tar, zip }

    static let full = Option(flag: "full", short: "f", "Copies everything, not only what is new.")
    static let verbose = Option(flag: "verbose", short: "v", "Says more.")
    static let folder = Option(
        "to", short: "t", .path, placeholder: "folder", environment: "SAMPLE_TO", "Where it goes.")
    static let jobs = Option("jobs", short: "j", .integer(1...64), default: "2", "How many at once.")
    static let tags = Option(repeated: "tag", .text, "A word to find it by.")
    static let format = Option("format", .choice(of: Format.self), default: "tar", "How it is packed.")
    static let age = Option("max-age", .duration(), "How old it may be.")
    static let name = Argument("name", .text, "What it is called.")
    static let files = Argument(rest: "file", .path, "What goes in.")
    static let reason = Option(required: "reason", .text, "Why.")
    static let which = Argument("which", .choice(["first", "last"]), default: "last", "Which one.")
    static let point = Argument(optional: "point", .text, "A position or a time.")

    /// What the last call of a command was given, in words.
    final class Record: Sendable {
        private let text = Lock("")
        func set(_ text: String) { self.text.withLock { $0 = text } }
        var value: String { text.withLock { $0 } }
    }

    static func application(_ record: Record = Record(), extra: [Command] = []) -> Application {
        Application(
            name: "sample", summary: "A sample of a program, with something of everything that there is.",
            nouns: ["backup": "Copies of everything."],
            commands: [
                Command("serve", "Answers requests.") { _ in record.set("serve") },
                Command(
                    "backup create", "Writes a backup.",
                    details: "The backup proves itself: it is read again and compared before the command ends.",
                    options: [full, verbose, folder, jobs, tags, format, age], arguments: [name, files],
                    examples: [
                        "sample backup create nightly --full": "Copies everything to the usual place.",
                        "sample backup create trip --tag=photos --tag 2026 ~/Pictures": "Copies one folder.",
                    ]
                ) { run in
                    record.set(
                        """
                        \(run[name]) full=\(run[full]) verbose=\(run[verbose]) to=\(run[folder] ?? "-") jobs=\(run[jobs]) \
                        tags=\(run[tags]) format=\(run[format]) age=\(run[age].map { "\($0)" } ?? "-") files=\(run[files])
                        """)
                },
                Command("backup delete", "Deletes a backup.", options: [reason], arguments: [which]) { run in
                    try await run.output.confirm("Delete the \(run[which]) backup?")
                    record.set("\(run[which]) because \(run[reason])")
                },
                Command("rewind", "Goes back.", arguments: [point]) { run in record.set(run[point] ?? "nowhere") },
                Command("version", "Tells the version.") { run in run.output.fields(["version": "1.2.3"]) },
            ] + extra,
            topics: [
                Topic("words", "What the words mean.") {
                    [("event", "Something that happened."), ("log", "All events, in order, for ever.")]
                }
            ])
    }

    struct Outcome {
        let code: Int32
        let record: String
        let output: String
        let errors: String
    }

    static func run(
        _ arguments: [String], environment: [String: String] = [:], on terminal: FakeTerminal = .pipe(),
        extra: [Command] = [], clock: any Clock<Duration> = ContinuousClock(),
        interruption: Interruption = Interruption()
    ) async -> Outcome {
        let record = Record()
        var environment = environment
        environment["HOME"] = environment["HOME"] ?? "/home/ada"
        environment["LANG"] = environment["LANG"] ?? "C.UTF-8"
        let surroundings = Surroundings(
            environment: environment, folder: "/work", terminal: terminal, clock: clock, interruption: interruption)
        let code = await application(record, extra: extra).run(arguments, in: surroundings)
        return Outcome(code: code, record: record.value, output: terminal.output, errors: terminal.errors)
    }

    /// Splits at spaces, as a shell would with simple words.
    static func run(_ line: String, environment: [String: String] = [:], on terminal: FakeTerminal = .pipe()) async
        -> Outcome
    {
        await run(line.split(separator: " ").map(String.init), environment: environment, on: terminal)
    }
}
