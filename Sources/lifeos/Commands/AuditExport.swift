import Accounts
import CLI
import Configuration
import Entities
import EventLog
import JSON
import Replay
import Service
import System

extension Command {
    private static let file = Argument("file", Kind.path, "The file to write; it must not be there yet.")
    private static let format = Option(
        "format", .choice(of: ExportFormat.self), placeholder: "csv|jsonl",
        "How it is written; by the file's ending unless said otherwise.")
    private static let why = Option("because", .text, placeholder: "reason", "Why, for those who read the audit trail.")

    static let auditExport = Command(
        "audit export", "Writes a part of the audit trail, with the proof that the log has it so.",
        details: """
            The file has every event with all that its hash covers, what people read of it, and the digest of the whole. \
            `lifeos audit verify-export` checks it without a database. Without filters it has every event of its range; an \
            event missing in between would be noticed.
            """,
        options: AuditOptions.all + [format, why], arguments: [file],
        examples: [
            "lifeos audit export november.csv --since 2026-11-01 --until 2026-12-01":
                "All of a month, for a spreadsheet."
        ]
    ) { run in
        let path = run[file]
        let format = run[format] ?? (path.hasSuffix(".csv") ? .csv : .jsonl)
        let progress = StepProgress("Exporting", unit: "positions", on: run.output)
        defer { progress.end() }
        let result = try await Workbench.with(run, rescues: true) { bench in
            let filter = try await AuditOptions.filter(run, bench.service.pool)
            var meta = EventMeta(actor: Actor.commandLine.name, command: bench.service.identifiers.next())
            meta.reason = run[why]
            let target = try FileDescriptor.open(path, .createNew(mode: 0o600))
            do {
                let result = try await AuditExport(bench.service).run(
                    filter, format, askedBy: meta, recording: bench.recording("The export", on: run.output)
                ) {
                    progress.reach($0, of: $1)
                } to: { bytes in
                    try target.write(bytes.span)
                }
                try target.sync()
                return result
            } catch {
                // Half an export would only be taken for one.
                try? Files.remove(path)
                throw error
            }
        }
        run.output.say(
            """
            Wrote \(result.count) events of positions \(result.head.first) to \(result.head.last) to \(path).
            The log's head is \(result.head.head). Note it down elsewhere, for verify-export --head.
            """,
            [
                "events": .number(result.count), "file": .text(path), "first": .number(result.head.first),
                "position": .number(result.head.last), "head": .text("\(result.head.head)"),
                "sha256": .text("\(result.digest)"),
            ])
    }

    private static let exported = Argument("file", Kind.path, "The file that `lifeos audit export` wrote.")
    private static let head = Option(
        "head", statedHead, "A head noted down earlier: the export has to be of the same log.")

    static let auditVerifyExport = Command(
        "audit verify-export", "Checks an export of the audit trail, without a database.",
        details: """
            Computes the hash of every event again, compares what people read with what the events say, follows the chain \
            wherever neighbours are both there, and says what the file cannot show. Ends with exit code 1 when something is \
            wrong.
            """,
        options: [head], arguments: [exported],
        examples: [
            "lifeos audit verify-export november.csv --head 1200:9f86d0…": "Also that it is of the log noted down."
        ]
    ) { run in
        let path = run[exported]
        let file = try FileDescriptor.open(path, .read)
        var verifier = try ExportVerifier(stated: run[head])
        let progress = StepProgress("Verifying", unit: "bytes", on: run.output)
        defer { progress.end() }
        let size = Files.size(of: path) ?? 0
        var done = 0
        while true {
            let bytes = try file.read(upTo: 1 << 18)
            if bytes.isEmpty { break }
            verifier.take(bytes)
            done += bytes.count
            progress.reach(done, of: max(size, done))
        }
        let result = verifier.finish()
        progress.end()
        try show(result, on: run.output)
    }

    private static func show(_ result: ExportVerification, on output: Output) throws {
        output.json(result)
        if !output.isJSON {
            for fault in result.faults {
                output.say((fault.record.map { "Record \($0): " } ?? "") + fault.explanation)
            }
            if result.isSound, let head = result.head {
                output.say(
                    """
                    The export is sound: \(result.eventCount) events of positions \(head.first) to \(head.last), \
                    \(result.isComplete ? "every one of them" : "a selection"). \(result.linkCount) follow the one before them.
                    """)
            }
            for limit in result.limits { output.note("- \(limit)") }
        }
        if !result.isSound {
            throw Failure(
                result.faultCount == 1 ? "One thing is wrong." : "\(result.faultCount) things are wrong.",
                advice: "Do not rely on this file. Export again from the log, and run `lifeos log verify` there.")
        }
    }
}
