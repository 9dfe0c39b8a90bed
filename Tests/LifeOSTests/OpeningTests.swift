import HTTPClient
import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

/// A start that has tables to build: the program answers that it lives, can be stopped, and can be killed.
@Suite struct OpeningTests {
    private static let checkout = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))

    /// It would answer nothing until somebody restarted it.
    @Test func aCommandWithOtherTablesLeavesARunningServerAlone() async throws {
        let home = try TemporaryFolder("taken")
        let lifeos = try await RunningLifeOS.start(home: home.path)
        let folder = try Self.widened()
        let changed = ["LIFEOS_PROJECTIONS": folder.path]
        for command in [["migrate"], ["projections", "rebuild"], ["rollback", "--to", "-1h", "--dry-run"]] {
            let refused = try await RunningLifeOS.run(command, home: home.path, changed)
            #expect(refused.exit == .code(1), "\(command) \(refused.errorText)")
            #expect(
                refused.errorText.contains("The server at \(lifeos.address) runs on this database"),
                "\(refused.errorText)")
        }
        let list = try await lifeos.get("/api/v2/characters", headers: Self.headers)
        #expect(list.status == 200)
        #expect(try await lifeos.stop() == .code(0))
        // With nobody there, it is what was asked for.
        let migrated = try await RunningLifeOS.run(["migrate"], home: home.path, changed)
        #expect(migrated.exit == .code(0), "\(migrated.errorText)")
    }

    @Test func aStartThatBuildsTablesCanBeStoppedAndKilled() async throws {
        try await TestDatabase.with { database in
            let home = try TemporaryFolder("opening")
            let environment = ["DATABASE_URL": database.conninfo]
            let before = try await RunningLifeOS.start(home: home.path, environment)
            let created = try await before.client.send(
                .init(
                    .post, "\(before.address)/api/v2/characters", headers: Self.headers, body: .text(#"{"name":"Ada"}"#)
                ))
            #expect(created.status == 201)
            #expect(try await before.stop() == .code(0))

            let folder = try Self.widened()
            let changed = environment.merging(["LIFEOS_PROJECTIONS": folder.path]) { $1 }
            let pool = try await PostgresPool(
                configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
            let isOver = Monitor(false)
            // A rebuild gets as far as the exchange while somebody has the head.
            let holding = Task {
                try await pool.withConnection { connection in
                    // A node ends the sessions of other nodes that hold the head for long.
                    _ = try connection.query("rename", "SELECT set_config('application_name', 'holder', false)")
                    try await connection.transaction(idleMax: .seconds(600)) { connection in
                        _ = try connection.query("hold", "SELECT FROM log.head FOR UPDATE")
                        isOver.wait(until: { $0 }) { _ in }
                    }
                }
            }
            for (signal, exit) in [(Signal.terminate, Exit.code(0)), (.kill, .signal(.kill))] {
                let child = try await Self.opening(home, changed)
                child.signal(signal)
                #expect(try await child.waitForExit(within: .seconds(15)) == exit)
                #expect(child.output.isEmpty, "it says where it answers once everything is answered")
            }
            isOver.withLock { $0 = true }
            try await holding.value
            await pool.close()
            let after = try await RunningLifeOS.start(home: home.path, changed)
            let list = try await after.get("/api/v2/characters", headers: Self.headers)
            #expect(try JSONValue(parsing: list.body)["total"] == 1)
            let runbook = try await Program(
                "/bin/sh", ["-eu", "-c", try RunbookTests.blocks(of: "a-node-does-not-answer")],
                environment: Program.plainEnvironment.merging(["LIFEOS_URL": after.address]) { $1 }
            ).run(timeout: .seconds(60))
            #expect(
                runbook.exit == .code(0) && runbook.outputText.contains("The tables are as this version makes them"))
            #expect(try await after.stop() == .code(0))
            let check = try await RunningLifeOS.run(["projections", "check"], home: home.path, changed)
            #expect(check.exit == .code(0), "\(check.errorText)")
        }
    }

    /// A database that a newer version has made is refused as ever, by the program's end.
    @Test func whatCannotBeOpenedEndsTheProgram() async throws {
        try await TestDatabase.with { database in
            let home = try TemporaryFolder("opening")
            let environment = ["DATABASE_URL": database.conninfo]
            #expect(try await RunningLifeOS.start(home: home.path, environment).stop() == .code(0))
            let pool = try await PostgresPool(
                configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
            try await pool.execute(
                "newer", "INSERT INTO migrations (number, name, checksum) VALUES (999, 'of-tomorrow', '')")
            await pool.close()
            let refused = try await RunningLifeOS.run(["serve"], home: home.path, environment)
            #expect(refused.exit == .code(1))
            #expect(refused.errorText.contains("of-tomorrow") && refused.outputText.isEmpty, "\(refused.errorText)")
        }
    }

    /// Starts it, and returns once it lives and says that it builds tables.
    private static func opening(_ home: TemporaryFolder, _ environment: [String: String]) async throws -> Child {
        let socket = home.path("answers.sock")
        let child = try await Program(
            RunningLifeOS.program, ["serve", "--json"],
            environment: RunningLifeOS.environment(
                home: home.path, environment.merging(["LIFEOS_LISTEN": "unix:\(socket)"]) { $1 })
        ).start()
        func get(_ path: String) async throws -> RawResponse {
            let client = try RawHTTP(.unix(path: socket))
            try await client.send(
                "GET \(path) HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(RunningLifeOS.token)\r\n\r\n")
            return try await client.response()
        }
        try await eventually(within: .seconds(60), "the rebuild has come to the exchange") {
            if let exit = child.exit {
                throw RunningLifeOS.Ended(exit: exit, errors: String(decoding: child.errors, as: UTF8.self))
            }
            guard let ready = try? await get("/health/ready") else { return false }
            return String(decoding: ready.body, as: UTF8.self).contains("exchanging, 95 % done")
        }
        #expect(try await get("/health/live").status == 200)
        #expect(try await get("/api/v2/characters").status == 503)
        return child
    }

    private static let headers: HTTPClient.Headers = [
        "Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json",
    ]

    /// The shipped projections, but for one more column.
    private static func widened() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("projections")
        try Files.makeFolder(folder.path("migrations"))
        for place in ["", "migrations/"] {
            for name in try Files.names(in: "\(checkout)/projections/\(place)") where name.hasSuffix(".sql") {
                var text = try Files.readText("\(checkout)/projections/\(place)\(name)")
                if name == "entities.sql" {
                    text = text.replacing(") PARTITION BY LIST", with: ", mood text) PARTITION BY LIST")
                }
                try Files.replace(folder.path("\(place)\(name)"), with: Array(text.utf8))
            }
        }
        return folder
    }
}
