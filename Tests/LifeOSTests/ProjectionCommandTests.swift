import HTTPClient
import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

@Suite struct ProjectionCommandTests {
    let folder: TemporaryFolder
    var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("projections") }

    @Test func projectionsAreRebuiltAndCheckedWhileTheServerRuns() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        let headers: HTTPClient.Headers = [
            "Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json",
        ]
        func create(_ name: String) async throws {
            let request = HTTPClient.Request(
                .post, lifeos.address + "/api/v2/characters", headers: headers,
                body: .bytes(Array(#"{"name": "\#(name)"}"#.utf8)))
            let answer = try await lifeos.client.send(request)
            #expect(answer.status == 201, "\(answer.text)")
        }
        try await create("Jenny")
        let rebuilt = try await RunningLifeOS.run(["projections", "rebuild", "--json"], home: home)
        #expect(rebuilt.exit == .code(0), "\(rebuilt.errorText)")
        #expect(rebuilt.outputText.contains(#""position":1"#))
        try await create("Frank")
        let checked = try await RunningLifeOS.run(["projections", "check"], home: home)
        #expect(checked.exit == .code(0), "\(checked.errorText)")
        #expect(checked.errorText.contains("at position 2"), "\(checked.errorText)")
        let list = try await RunningLifeOS.run(["projections", "list", "--json"], home: home)
        #expect(list.outputText.contains(#""name":"entities""#) && list.outputText.contains("old_schema"))
        let dropped = try await RunningLifeOS.run(["projections", "drop-old", "--json"], home: home)
        #expect(dropped.outputText.contains("old_"))
        let again = try await RunningLifeOS.run(["projections", "drop-old", "--json"], home: home)
        #expect(again.exit == .code(0) && again.outputText == "")
        _ = try await lifeos.stop()
    }

    @Test func workThatIsAskedForOverTheNetworkTellsHowItEnded() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        let headers: HTTPClient.Headers = [
            "Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json",
        ]
        func post(_ path: String, _ body: String) async throws -> HTTPClient.Response {
            try await lifeos.client.send(
                .init(.post, lifeos.address + path, headers: headers, body: .bytes(Array(body.utf8))))
        }
        _ = try await post("/api/v2/characters", #"{"name": "Jenny"}"#)
        for (verb, result) in [("rebuild", #""names":["words"]"#), ("check", #""is_clean":true"#)] {
            let begun = try await post(
                "/api/v2/admin/projections/\(verb)", verb == "check" ? "" : #"{"names":["words"]}"#)
            #expect(begun.status == 202, "\(begun.text)")
            let place = try #require(begun.headers["Location"])
            var told = ""
            try await eventually(within: .seconds(30), "the \(verb) is done") {
                told = try await lifeos.get(place, headers: headers).text
                return !told.contains(#""status":"running""#)
            }
            #expect(told.contains(#""status":"completed""#) && told.contains(result), "\(told)")
        }
        let list = try await lifeos.get("/api/v2/admin/projections", headers: headers).text
        #expect(list.contains(#""name":"words""#) && list.contains(#""schema":"old_"#), "\(list)")
        let wrong = try await post("/api/v2/admin/projections/rebuild", #"{"names":["wrods"]}"#)
        #expect(wrong.status == 422 && wrong.text.contains("words"), "\(wrong.text)")
        let guest = try await lifeos.get("/api/v2/admin/projections")
        #expect(guest.status == 401)
        _ = try await lifeos.stop()
    }

    @Test func aRebuildThatIsKilledLeavesEverythingAsItWas() async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        let lifeos = try await RunningLifeOS.start(home: home, environment)
        let headers: HTTPClient.Headers = [
            "Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json",
        ]
        let pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
        for number in 0..<3 {
            let child = try await Program(
                RunningLifeOS.program, ["projections", "rebuild"],
                environment: RunningLifeOS.environment(home: home, environment)
            ).start()
            try await eventually("the rebuild has begun") {
                let count = try await pool.query(
                    "begun", "SELECT count(*) FROM pg_tables WHERE schemaname = 'rebuilt'"
                ).only(Int64.self)
                return count > 0 || child.exit != nil
            }
            child.signal(.kill)
            _ = try await child.waitForExit(within: .seconds(10))
            let written = try await lifeos.client.send(
                .init(
                    .post, lifeos.address + "/api/v2/characters", headers: headers,
                    body: .bytes(Array(#"{"name": "Jenny \#(number)"}"#.utf8))))
            #expect(written.status == 201)
            try await eventually("the check finds nothing") {
                // The server may need a moment to see that the other end is gone.
                try await RunningLifeOS.run(["projections", "check"], home: home, environment).exit == .code(0)
            }
        }
        let again = try await RunningLifeOS.run(["projections", "rebuild"], home: home, environment)
        #expect(again.exit == .code(0), "\(again.errorText)")
        _ = try await lifeos.stop()
        await pool.close()
        await database.drop()
    }

    @Test func aDifferenceEndsTheCheckWithOneAndSaysWhatToDo() async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        let early = try await RunningLifeOS.run(["projections", "check"], home: home, environment)
        #expect(early.exit == .code(1))
        #expect(early.errorText.contains("lifeos migrate"))
        _ = try await RunningLifeOS.run(["migrate"], home: home, environment)
        _ = try await RunningLifeOS.run(["projections", "rebuild"], home: home, environment)
        let pool = try await PostgresPool(
            configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
        try await pool.execute("damage", "INSERT INTO live.words VALUES ('forged', 7)")
        let damaged = try await RunningLifeOS.run(["projections", "check"], home: home, environment)
        #expect(damaged.exit == .code(1))
        #expect(damaged.outputText.contains("forged") && damaged.outputText.contains("surplus"))
        #expect(damaged.errorText.contains("lifeos projections rebuild words"))
        await pool.close()
        await database.drop()
    }

    @Test func aProjectionThatIsNotThereIsNamed() async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        _ = try await RunningLifeOS.run(["migrate"], home: home, environment)
        let result = try await RunningLifeOS.run(["projections", "rebuild", "wrods"], home: home, environment)
        #expect(result.exit == .code(1))
        #expect(result.errorText.contains("words"))
        await database.drop()
    }
}
