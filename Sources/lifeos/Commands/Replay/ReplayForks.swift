import Accounts
import CLI
import Configuration
import Cryptography
import Entities
import EventLog
import JSON
import Postgres
import Recovery
import Service
import System

extension Command {
    private static let point = Argument("point", Kind.point, "The point up to which the log is copied.")
    private static let name = Option(
        required: "name", .text, "The fork's name: lower-case letters, digits and dashes.")
    private static let reason = Option("reason", .text, "Why; recorded with the fork and in the log.")
    private static let forkName = Argument("name", Kind.text, "The fork's name.")

    static let replayFork = Command(
        "replay fork", "Copy everything as of a point into a new database, to try things out.",
        details: """
            The fork has the log up to that point with the same hashes. What is done in it never reaches this installation. Serve it \
            with `lifeos serve --fork NAME`. If interrupted, this leaves nothing behind.

            \(PointProblem.forms)
            """,
        options: [name, reason], arguments: [point],
        examples: ["lifeos replay fork 374 --name what-if": "Everything as it was right after event 374."]
    ) { run in
        try await withForks(run) { forks, bench in
            let point = try await run[point].resolve(in: bench.service.pool)
            let position = try await EventReader(pool: bench.service.pool).commandEnd(at: point.position).position
            let brief = Operation.Brief(
                "fork", "Fork \(run[name].prefix(30)) of position \(position)",
                parameters: ["name": .string(run[name]), "position": .integer(position)])
            let display = FillingDisplay(run.output)
            defer { display.end() }
            let fork = try await Operation(bench.service, actor: Actor.commandLine.name, reason: run[reason]).run(
                brief, telling: { ["database": .string($0.database)] }, whenStopped: "Nothing was left behind."
            ) { _ in
                try await forks.make(name: run[name], at: position, reason: run[reason]) { display.show($0) }
            }
            display.end()
            run.output.say(
                """
                Created the fork \(fork.name) from \(point), in the database \(fork.database).
                Serve it with: lifeos serve --fork \(fork.name)
                """,
                [
                    "name": .text(fork.name.text), "database": .text(fork.database), "position": .number(position),
                    "hash": .text(fork.origin?.hash.hex ?? ""),
                ])
        }
    }

    static let replayForks = Command(
        "replay forks", "List the forks.",
        details: "A fork that is `unfinished` was left by a process that was killed: drop it."
    ) { run in
        try await withForks(run) { forks, _ in
            run.output.table(
                [
                    "name", "state", "position", Column("created_at", title: "Made at"), Column("bytes", title: "Size"),
                    Column("in_use", title: "In use"), Column("database", isDetail: true), "reason",
                ],
                try await forks.all().map { fork in
                    [
                        .identifier(fork.name.text), .text(fork.state.rawValue),
                        fork.origin.map { .number($0.position) } ?? .nothing,
                        fork.origin.map { .time($0.createdAt) } ?? .nothing, fork.bytes.map { .size($0) } ?? .nothing,
                        .flag(fork.isInUse), .identifier(fork.database), Cell(fork.origin?.reason),
                    ]
                }, empty: "There are no forks. Create one with: lifeos replay fork now --name what-if")
        }
    }

    static let replayDropFork = Command(
        "replay drop-fork", "Delete a fork and everything in it.", arguments: [forkName]
    ) { run in
        try await withForks(run) { forks, bench in
            let fork = try await forks.find(run[forkName])
            try await run.output.confirm("Delete the fork \(fork.name) and everything in it?")
            let brief = Operation.Brief(
                "fork_drop", "Removal of the fork \(fork.name)", parameters: ["name": .string(fork.name.text)])
            try await Operation(bench.service, actor: Actor.commandLine.name).run(brief) { _ in
                try await forks.drop(run[forkName])
            }
            run.output.say("Deleted the fork \(fork.name).", ["name": .text(fork.name.text)])
        }
    }

    private static func withForks(_ run: Invocation, _ body: (Forks, Workbench) async throws -> Void) async throws {
        try await Workbench.with(run) { bench in
            let forks = Forks(
                pool: bench.service.pool, blueprint: bench.blueprint, logger: bench.logger)
            try await body(forks, bench)
        }
    }
}

/// Shows one phase of a filling after the other, each with its own bar.
final class FillingDisplay: Sendable {
    private let output: Output
    private let current = Lock<(phase: FillingProgress.Phase, bar: Progress)?>(nil)

    init(_ output: Output) { self.output = output }

    func show(_ progress: FillingProgress) {
        current.withLock { current in
            if current?.phase != progress.phase {
                // What has no end to count to yet is not worth a line.
                if progress.total == 0 { return }
                current?.bar.finish()
                let title = progress.phase == .copying ? "Copying the log" : "Building the tables"
                current = (progress.phase, output.progress(title, total: progress.total, unit: "events"))
            }
            current?.bar.reach(progress.done)
        }
    }

    /// Removes the bar, before the command prints its result.
    func end() { current.withLock { $0?.bar.abandon() } }
}
