import EventLog
import HTTPServer
import JSON
import Postgres
import System
import TestSupport
import Testing

/// Requests that take longer than they may, while somebody has locked the log.
@Suite struct LateChangeTests {
    private static var hurried: HTTPServer.Configuration {
        var configuration = HTTPServer.Configuration()
        // Long enough that the first request gets to the database, however busy the machine is.
        configuration.deadlines.handler = .seconds(6)
        configuration.deadlines.outcome = .milliseconds(300)
        configuration.deadlines.precision = .milliseconds(20)
        return configuration
    }

    private static var patient: CommandWriterConfiguration {
        var configuration = CommandWriterConfiguration()
        configuration.lockWaitMax = .seconds(300)
        return configuration
    }

    /// The story: "handler_timeout, try again" was said of changes that were made afterwards, so the next try doubled them.
    @Test func aChangeThatWaitsIsWithdrawnAndOneUnderWayIsSaidToBeUnknown() async throws {
        try await Studio.with(configuration: Self.hurried, writer: Self.patient) { studio in
            // The writer has its connection once it has answered.
            try await eventually("the writer is there") {
                try await studio.client().send("POST /api/v2/tags", ["name": "ready"]).status < 500
            }
            let (underWay, waiting) = try await studio.pool.transaction { holder in
                // For as long as a busy machine takes.
                try holder.runScript("patience", unsafeSQL: "SET LOCAL idle_in_transaction_session_timeout = 0")
                _ = try holder.query("hold", "SELECT position FROM log.head FOR UPDATE")
                async let underWay = studio.client().send("POST /api/v2/characters", ["name": "Under way"])
                try await eventually("it is under way") {
                    try await studio.pool.query(
                        "blocked",
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    ).only(Int.self) == 1
                }
                async let waiting = studio.client().send("POST /api/v2/characters", ["name": "Waiting"])
                return try await (underWay, waiting)
            }
            #expect(waiting.status == 503 && waiting.code == "withdrawn")
            #expect(waiting.json["detail"]?.string?.contains("nothing was changed") == true)
            #expect(waiting.raw["Retry-After"] == "1")
            #expect(underWay.status == 503 && underWay.code == "outcome_unknown")
            #expect(underWay.json["detail"]?.string?.contains("Try again") == false)
            #expect(underWay.raw["Retry-After"] == nil)
            let client = try studio.client()
            try await eventually("what was under way is there, and nothing else") {
                try await client.get("/api/v2/characters").names == ["Under way"]
            }
        }
    }

    @Test func aKeyedChangeThatIsUnknownMayBeRepeated() async throws {
        try await Studio.with(configuration: Self.hurried, writer: Self.patient) { studio in
            // The writer has its connection once it has answered.
            try await eventually("the writer is there") {
                try await studio.client().send("POST /api/v2/tags", ["name": "ready"]).status < 500
            }
            let key = ["Idempotency-Key": "late"]
            let first = try await studio.pool.transaction { holder in
                // For as long as a busy machine takes.
                try holder.runScript("patience", unsafeSQL: "SET LOCAL idle_in_transaction_session_timeout = 0")
                _ = try holder.query("hold", "SELECT position FROM log.head FOR UPDATE")
                return try await studio.client().send("POST /api/v2/characters", ["name": "Once"], key)
            }
            #expect(first.code == "outcome_unknown" && first.raw["Retry-After"] == "2")
            try await eventually("it is answered") {
                try await studio.client().send("POST /api/v2/characters", ["name": "Once"], key).status == 201
            }
            #expect(try await studio.client().get("/api/v2/characters").names == ["Once"])
        }
    }
}
