import HTTPClient
import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

/// A head that was changed by hand: whoever runs the system is told, and can put it right.
@Suite struct LogHeadTests {
    let folder: TemporaryFolder
    private var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("log-head") }

    private func create(_ name: String, in lifeos: RunningLifeOS) async throws -> HTTPClient.Response {
        try await lifeos.client.send(
            .init(
                .post, lifeos.address + "/api/v2/characters",
                headers: ["Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json"],
                body: .bytes(Array(#"{"name": "\#(name)"}"#.utf8))))
    }

    private func check(_ name: String, _ lifeos: RunningLifeOS) async throws -> (status: Int, check: JSONValue) {
        let answer = try await lifeos.get("/health/ready")
        let checks = try #require(try JSONValue(parsing: answer.body)["checks"]?.array)
        return (answer.status, try #require(checks.first { $0["name"]?.string == name }))
    }

    private func with(
        _ body: (RunningLifeOS, PostgresPool, _ environment: [String: String]) async throws -> Void
    ) async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        let lifeos = try await RunningLifeOS.start(home: home, environment)
        let pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
        for name in ["Ada", "Bela", "Cleo"] { #expect(try await create(name, in: lifeos).status == 201) }
        try await body(lifeos, pool, environment)
        await pool.close()
        _ = try await lifeos.stop()
        await database.drop()
    }

    @Test func aHeadThatWasSetBackIsToldAndPutRightByACommand() async throws {
        try await with { lifeos, pool, environment in
            func run(_ arguments: String...) async throws -> (code: Exit, lines: [JSONValue], errors: String) {
                let result = try await RunningLifeOS.run(arguments + ["--json"], home: home, environment)
                let lines = try result.outputText.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
                return (result.exit, lines, result.errorText)
            }
            #expect(try await check("log", lifeos).check["status"] == "ok")
            try await pool.execute(
                "hurt",
                """
                UPDATE log.head SET (position, hash, recorded_at) =
                    (SELECT position, hash, recorded_at FROM log.events ORDER BY position DESC OFFSET 2 LIMIT 1)
                """)
            let ready = try await check("log", lifeos)
            #expect(ready.status == 503 && ready.check["status"] == "failed")
            #expect(ready.check["detail"]?.string?.contains("though the log's head says that it ends at") == true)
            let refused = try await create("Dora", in: lifeos)
            #expect(refused.status == 503 && refused.headers["Retry-After"] == "60")
            #expect(refused.text.contains("log_inconsistent") && refused.text.contains("lifeos doctor"))

            let doctor = try await run("doctor")
            let finding = try #require(doctor.lines.first { $0["check"] == "log" })
            #expect(doctor.code == .code(1) && finding["status"] == "failed")
            #expect(finding["advice"]?.string == "Run: lifeos log repair-head --dry-run")
            let verified = try await RunningLifeOS.run(["log", "verify"], home: home, environment)
            #expect(verified.exit == .code(1) && verified.errorText.contains("lifeos log repair-head"))

            let plan = try await run("log", "repair-head", "--dry-run")
            #expect(plan.code == .code(0) && plan.lines.first?["needed"] == true, "\(plan.errors)")
            #expect(try await check("log", lifeos).status == 503)
            let done = try await run("log", "repair-head")
            #expect(done.code == .code(0) && done.lines.first?["after"] == plan.lines.first?["after"], "\(done.errors)")
            // It answered nothing from its tables until the command had made them anew.
            try await eventually(within: .seconds(30), "the server answers from its tables again") {
                try await check("log", lifeos).status == 200
            }
            #expect(try await create("Dora", in: lifeos).status == 201)
            #expect(try await run("log", "verify").code == .code(0))
            #expect(try await run("projections", "check").code == .code(0))
            #expect(try await run("doctor").code == .code(0))
            let told = try await lifeos.get(
                "/api/v2/operations?filter=kind:eq:log_repair",
                headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
            #expect(try JSONValue(parsing: told.body)["items"]?[0]?["data"]?["status"] == "completed")
            let again = try await run("log", "repair-head")
            #expect(again.code == .code(0) && again.lines.first?["needed"] == false)
        }
    }

    @Test func aHeadThatWasDatedInTheFutureDatesNoLaterEvent() async throws {
        try await with { lifeos, pool, _ in
            try await pool.execute("hurt", "UPDATE log.head SET recorded_at = recorded_at + interval '400 days'")
            let ready = try await check("log", lifeos)
            #expect(ready.status == 200 && ready.check["status"] == "degraded")
            #expect(try await create("Dora", in: lifeos).status == 201)
            let last = try await pool.query(
                "last", "SELECT recorded_at FROM log.events ORDER BY position DESC LIMIT 1"
            ).only(Timestamp.self)
            #expect(last < SystemWallClock().now() + .seconds(60))
            #expect(try await check("log", lifeos).check["status"] == "ok")
        }
    }

    @Test func missingEventsAreNotHiddenByARepair() async throws {
        try await with { lifeos, pool, environment in
            try await pool.withConnection { connection in
                try connection.runScript(
                    "hurt",
                    unsafeSQL: """
                        SET session_replication_role = replica;
                        DELETE FROM log.events WHERE position = (SELECT position FROM log.head);
                        """)
            }
            #expect(try await create("Dora", in: lifeos).status == 503)
            let refused = try await RunningLifeOS.run(["log", "repair-head"], home: home, environment)
            #expect(refused.exit == .code(1) && refused.errorText.contains("events are missing"))
            #expect(refused.errorText.contains("lifeos backup restore"))
        }
    }
}
