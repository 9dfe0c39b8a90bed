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
        "from", .integer(1 ... .max), default: "1", placeholder: "position", "The first position to look at.")
    private static let to = Option(
        "to", .integer(1 ... .max), placeholder: "position", "The last position to look at; the log's end if left out.")
    private static let head = Option(
        "head", statedHead, "A head noted down earlier, which this log has to contain.")

    static let statedHead = Kind(form: "a position and its hash, as 42:9f86d0…", placeholder: "position:hash") {
        text, _ throws(Malformed) in
        guard let head = StatedHead(text) else {
            throw Malformed(hint: "`lifeos log verify` prints it; the hash has 64 digits.")
        }
        return head
    }

    static let logVerify = Command(
        "log verify", "Checks that nothing in the log was changed, removed or added.",
        details: """
            Computes every event's hash again, each of which covers the one before. Ends with exit code 1 and names the \
            first broken position when something is wrong.

            Whoever can write to the database could write the whole log anew. Note down the head that this prints, \
            somewhere else, and give it the next time.
            """,
        options: [from, to, head],
        examples: [
            "lifeos log verify": "Checks all of it.",
            "lifeos log verify --head 42:9f86d0…": "Also checks that it goes on from what was noted down.",
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
                    "The last event is dated later than the database's clock by \(result.lead). "
                        + "`lifeos doctor` says what that means.")
            }
            if let fault = result.fault {
                run.output.json(LogReport(result))
                throw Failure(
                    "The log is broken at position \(fault.position): \(fault.explanation)",
                    advice: advice(fault, result.head))
            }
            run.output.say(
                "The log is sound: \(result.verifiedCount) events. Its head is \(StatedHead(result.head)).",
                [
                    "sound": true, "verified": .number(result.verifiedCount), "from": .number(result.range.lowerBound),
                    "to": .number(result.range.upperBound), "head": .text("\(StatedHead(result.head))"),
                    "foreign_events": .number(result.foreignEvents.count),
                ])
            if let first = result.foreignEvents.first {
                run.output.note(
                    "\(result.foreignEvents.count) of them stand in streams of another category, from position \(first) on. They "
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
            Stop the server and copy the database before anything else: the copy shows what was done.
            Then restore the latest backup that verifies, and compare the two from position \(fault.position) on.
            """
    }

    /// Runs `body` with the database, whether or not a server runs beside.
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
