import CLI
import Configuration
import Cryptography
import EventLog
import Postgres
import PrivatePostgres
import Service
import System
import Telemetry

extension Command {
    private static let from = Option(
        "from", .integer(1 ... .max), default: "1", placeholder: "position", "The first position to check.")
    private static let to = Option(
        "to", .integer(1 ... .max), placeholder: "position", "The last position to check. Default: the end of the log.")
    private static let head = Option(
        "head", statedHead, "A head stored earlier, which this log must contain.")

    static let statedHead = Kind(form: "a position and its hash, as 42:9f86d0…", placeholder: "position:hash") {
        text, _ throws(Malformed) in
        guard let head = StatedHead(text) else {
            throw Malformed(hint: "`lifeos log verify` prints one; the hash has 64 digits.")
        }
        return head
    }

    static let logVerify = Command(
        "log verify", "Check that no event was changed, removed or inserted.",
        details: """
            Recomputes the hash of every event; each hash covers the previous one. If something is wrong, names the first broken \
            position and exits with 1.

            Somebody with write access to the database could rewrite the whole log. To detect that, store the head that this prints \
            somewhere else and pass it with --head next time.
            """,
        options: [from, to, head],
        examples: [
            "lifeos log verify": "Check the whole log.",
            "lifeos log verify --head 42:9f86d0…": "Also check that it continues from a stored head.",
        ]
    ) { run in
        try await withLog(run) { pool in
            let last = try await LogEnd.read(from: pool).head.position
            let total = max(0, min(run[to] ?? last, last) - run[from] + 1)
            let result = try await run.output.progress("Verifying", total: total, unit: "events") { progress in
                try await LogVerifier(pool: pool).verify(from: run[from], to: run[to], expectedHead: run[head]) {
                    progress.reach($0)
                }
            }
            if result.lead > skewMin {
                run.output.warn(
                    "The last event is dated \(result.lead) ahead of the database's clock. "
                        + "`lifeos doctor` explains what that means.")
            }
            if let fault = result.fault {
                run.output.json(LogReport(result))
                throw Failure(
                    "The log is broken at position \(fault.position): \(fault.explanation)",
                    advice: advice(fault, result.head))
            }
            run.output.say(
                "The log is intact: \(result.verifiedCount) events. Its head is \(StatedHead(result.head)).",
                [
                    "sound": true, "verified": .number(result.verifiedCount), "from": .number(result.range.lowerBound),
                    "to": .number(result.range.upperBound), "head": .text("\(StatedHead(result.head))"),
                    "foreign_events": .number(result.foreignEvents.count),
                ])
            if let first = result.foreignEvents.first {
                run.output.note(
                    "\(result.foreignEvents.count) events are in streams of another category, the first at position \(first). They "
                        + "are skipped; `lifeos log repair-plan` says what to do.")
            }
        }
    }

    /// Less than this is no skew worth a word.
    private static let skewMin: Duration = .seconds(60)

    private static func advice(_ fault: LogFault, _ head: LogHead) -> String {
        // Only the head is wrong, as far as can be seen.
        if fault.kind == .headMismatch || fault.kind == .inserted && fault.position == head.position + 1 {
            return "Run: lifeos log repair-head --dry-run"
        }
        return """
            First stop the server and copy the database: the copy is evidence.
            Then restore the latest backup that verifies, and compare the two from position \(fault.position) on.
            """
    }

    /// Runs `body` with the database, whether or not a server runs.
    static func withLog(_ run: Invocation, _ body: (PostgresPool) async throws -> Void) async throws {
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let instruments = try Instruments(settings, for: run)
        defer { instruments.logger.flush() }
        let database = try await Database.open(
            settings, role: .attachOrStart, metrics: instruments.metrics, logger: instruments.logger)
        do {
            try await Failure.telling { try await body(database.pool) }
            await database.close()
        } catch {
            await database.close()
            if let error = error as? PostgresError, error.code == .undefinedTable {
                throw Failure("There is no log in this database yet.", advice: "Run: lifeos migrate")
            }
            throw error
        }
    }
}
