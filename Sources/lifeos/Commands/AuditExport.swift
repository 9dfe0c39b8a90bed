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
    private static let file = Argument("file", Kind.path, "The file to write. It must not exist yet.")
    private static let format = Option(
        "format", .choice(of: ExportFormat.self), placeholder: "csv|jsonl",
        "The format. Default: from the file's extension.")
    private static let why = Option(
        "because", .text, placeholder: "reason", "Why you export; recorded in the audit trail.")

    static let auditExport = Command(
        "audit export", "Export audit entries with proof that they match the log.",
        details: """
            The file has each event with everything its hash covers, a readable form of it, and a digest of the whole. \
            `lifeos audit verify-export` checks it without a database. An export without filters has every event in its range, so \
            a missing event is detected.
            """,
        options: AuditOptions.all + [format, why], arguments: [file],
        examples: [
            "lifeos audit export november.csv --since 2026-11-01 --until 2026-12-01":
                "A whole month, for a spreadsheet."
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
            Wrote \(result.count) events between positions \(result.head.first) and \(result.head.last) to \(path).
            The log's head is \(result.head.head). Store it elsewhere, for verify-export --head.
            """,
            [
                "events": .number(result.count), "file": .text(path), "first": .number(result.head.first),
                "position": .number(result.head.last), "head": .text("\(result.head.head)"),
                "sha256": .text("\(result.digest)"),
            ])
    }

    private static let exported = Argument("file", Kind.path, "A file written by `lifeos audit export`.")
    private static let head = Option(
        "head", statedHead, "A head stored earlier: the export must come from the same log.")

    static let auditVerifyExport = Command(
        "audit verify-export", "Check an audit export, without a database.",
        details: """
            Recomputes the hash of every event, compares the readable form with the event, follows the hash chain between \
            neighbouring events, and says what the file cannot prove. Exits with 1 if something is wrong.
            """,
        options: [head], arguments: [exported],
        examples: [
            "lifeos audit verify-export november.csv --head 1200:9f86d0…":
                "Also check that it comes from the log of the stored head."
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
                    The export is intact: \(result.eventCount) events between positions \(head.first) and \(head.last), \
                    \(result.isComplete ? "complete" : "a selection"). \(result.linkCount) are linked to the event before them.
                    """)
            }
            for limit in result.limits { output.note("- \(limit)") }
        }
        if !result.isSound {
            throw Failure(
                result.faultCount == 1 ? "The export has one fault." : "The export has \(result.faultCount) faults.",
                advice: "Do not rely on this file. Export again from the log, and run `lifeos log verify` there.")
        }
    }
}
