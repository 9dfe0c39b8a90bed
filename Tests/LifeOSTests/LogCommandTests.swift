import HTTPClient
import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

/// The log, seen through the program's routes and commands.
@Suite struct LogCommandTests {
    let folder: TemporaryFolder
    var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("log") }

    private func create(_ name: String, in lifeos: RunningLifeOS) async throws {
        let answer = try await lifeos.client.send(
            .init(
                .post, lifeos.address + "/api/v2/characters",
                headers: ["Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json"],
                body: .bytes(Array(#"{"name": "\#(name)"}"#.utf8))))
        #expect(answer.status == 201, "\(answer.text)")
    }

    private func lines(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test func whatIsCreatedStandsInTheLog() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        for name in ["Ada", "Bela", "Cleo"] { try await create(name, in: lifeos) }
        let list = try await lifeos.get(
            "/api/v2/admin/events?type=character.created",
            headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
        let items = try #require(try JSONValue(parsing: list.body)["items"]?.array)
        #expect(items.compactMap { $0["data"]?["name"]?.string } == ["Ada", "Bela", "Cleo"])
        #expect(try await lifeos.get("/api/v2/admin/events").status == 401)
        #expect(try await lifeos.get("/api/v2/stream/events").status == 401)

        let shown = try await RunningLifeOS.run(
            ["log", "show", "--json", "--type", "character.created"], home: home)
        #expect(try lines(shown.outputText) == items, "\(shown.errorText)")
        let latest = try await RunningLifeOS.run(
            ["log", "show", "--limit", "1", "--category", "character"], home: home)
        #expect(latest.outputText.contains("character.created"))
        #expect(latest.outputText.contains("Cleo"))
        let none = try await RunningLifeOS.run(["log", "show", "--actor", "nobody"], home: home)
        #expect(none.exit == .code(0))
        #expect(none.outputText == "")
        #expect(try await lifeos.stop() == .code(0))
    }

    /// An installation may hold events that an older version let into foreign streams: every command reports them, nothing fails.
    @Test func foreignEventsAreToldOfAndExplained() async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        let lifeos = try await RunningLifeOS.start(home: home, environment)
        try await create("Ada", in: lifeos)
        let pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
        try await pool.withConnection { connection in
            try connection.runScript(
                "forge",
                unsafeSQL: """
                    SET session_replication_role = replica;
                    INSERT INTO log.events (position, recorded_at, stream, version, schema_version, category, type, hash, data, meta)
                        SELECT position + 1, recorded_at, stream, version + 1, 1, 'story_theme', 'story_theme.updated', hash,
                            '{"tone": "dark"}', meta FROM log.events WHERE category = 'character';
                    UPDATE log.head SET position = position + 1;
                    SELECT log.fill_streams();
                    UPDATE log.projections SET fingerprint = 'not built'
                    """)
        }
        await pool.close()
        #expect(try await lifeos.stop() == .code(0))
        // A start builds the tables anew, without the event.
        let again = try await RunningLifeOS.start(home: home, environment)
        let list = try await again.get(
            "/api/v2/characters", headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
        let item = try #require(try JSONValue(parsing: list.body)["items"]?[0])
        #expect(item["version"] == 2 && item["data"]?["tone"] == nil)
        let check = try await RunningLifeOS.run(["projections", "check"], home: home, environment)
        #expect(check.exit == .code(0) && check.outputText.contains("story_theme.updated"), "\(check.outputText)")
        let plan = try await RunningLifeOS.run(["log", "repair-plan"], home: home, environment)
        #expect(plan.exit == .code(0) && plan.errorText.contains("/api/v2/characters/"), "\(plan.errorText)")
        let doctor = try await RunningLifeOS.run(["doctor"], home: home, environment)
        #expect(doctor.outputText.contains("lifeos log repair-plan"), "\(doctor.outputText)")
        #expect(try await again.stop() == .code(0))
        await database.drop()
    }

    @Test func followingShowsWhatHappensUntilItIsStopped() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        try await create("Ada", in: lifeos)
        let environment = RunningLifeOS.environment(home: home)
        let follower = try await Program(
            RunningLifeOS.program, ["log", "show", "--follow", "--json", "--category", "character"],
            environment: environment
        ).start()
        func names() throws -> [String] {
            try lines(String(decoding: follower.output, as: UTF8.self)).compactMap { $0["data"]?["name"]?.string }
        }
        try await eventually(within: .seconds(30), "the first event") { try names() == ["Ada"] }
        try await create("Bela", in: lifeos)
        try await eventually("the second event") { try names() == ["Ada", "Bela"] }
        follower.signal(.interrupt)
        #expect(try await follower.waitForExit(within: .seconds(30)) == .code(0))
        _ = try await lifeos.stop()
    }

    @Test func aSoundLogVerifiesAndABrokenOneDoesNot() async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        let none = try await RunningLifeOS.run(["log", "verify"], home: home, environment)
        #expect(none.exit == .code(1))
        #expect(none.errorText.contains("lifeos migrate"), "\(none.errorText)")

        let lifeos = try await RunningLifeOS.start(home: home, environment)
        for name in ["Ada", "Bela", "Cleo"] { try await create(name, in: lifeos) }
        _ = try await lifeos.stop()
        let sound = try await RunningLifeOS.run(["log", "verify", "--json"], home: home, environment)
        #expect(sound.exit == .code(0), "\(sound.errorText)")
        let head = try #require(try lines(sound.outputText).first?["head"]?.string)
        let again = try await RunningLifeOS.run(["log", "verify", "--head", head], home: home, environment)
        #expect(again.exit == .code(0))
        #expect(again.outputText.contains(head))
        let malformed = try await RunningLifeOS.run(["log", "verify", "--head", "42"], home: home, environment)
        #expect(malformed.exit == .code(2))

        let pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
        try await pool.withConnection { connection in
            try connection.runScript(
                "tamper",
                unsafeSQL: """
                    SET session_replication_role = replica;
                    UPDATE log.events SET data = '{"name":"Eve"}' WHERE position = 2
                    """)
        }
        await pool.close()
        let broken = try await RunningLifeOS.run(["log", "verify"], home: home, environment)
        #expect(broken.exit == .code(1))
        #expect(broken.errorText.contains("position 2"), "\(broken.errorText)")
        #expect(broken.errorText.contains("backup"))
        let report = try await RunningLifeOS.run(["log", "verify", "--json"], home: home, environment)
        #expect(report.exit == .code(1))
        let fields = try #require(try lines(report.outputText).first)
        #expect(fields["sound"]?.bool == false)
        #expect(fields["kind"]?.string == "edited")
        #expect(fields["position"]?.integer == 2)
        await database.drop()
    }
}
