import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

/// Rollback and undo from the command line: what they ask, what they say, and what they leave when they are killed.
@Suite struct RollbackCommandTests {
    private static let characters = 700

    let folder: TemporaryFolder
    private var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("rollback") }

    private func run(
        _ arguments: [String], on database: TestDatabase
    ) async throws -> (code: Exit, lines: [JSONValue], errors: String) {
        let result = try await RunningLifeOS.run(
            arguments + ["--json"], home: home, ["DATABASE_URL": database.conninfo])
        let lines = result.outputText.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        return (result.exit, lines, result.errorText)
    }

    /// Imports so many characters, all of the same occupation.
    private func importAll(_ occupation: String, _ database: TestDatabase) async throws {
        let path = folder.path("data/character")
        try Files.makeFolder(path)
        for number in 0..<Self.characters {
            let text = #"{"name": "Character \#(number)", "occupation": "\#(occupation)"}"#
            try Files.replace("\(path)/c\(number).json", with: Array(text.utf8))
        }
        let imported = try await run(["import", folder.path("data")], on: database)
        try #require(imported.code == .code(0), "\(imported.errors)")
    }

    private func occupations(_ pool: PostgresPool) async throws -> [String: Int] {
        let rows = try await pool.query(
            "test_occupations",
            "SELECT fields->>'occupation', count(*) FROM live.entities WHERE type = 'character' GROUP BY 1"
        ).decode(String.self, Int.self)
        return Dictionary(rows.map { ($0, $1) }) { $1 }
    }

    @Test func aRollbackThatIsKilledIsGoneOnWith() async throws {
        try await TestDatabase.with { database in
            try await importAll("baker", database)
            let pool = try await PostgresPool(
                configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
            let point = try await pool.query("test_head", "SELECT position FROM log.head").only(Int.self)
            try await importAll("spy", database)

            // Somebody holds a row that comes late, so the rollback is caught in its third batch.
            let held = try await PostgresPool(
                configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
            let rollback = try await held.withConnection { connection in
                try await connection.transaction { connection in
                    // Chosen first: FOR UPDATE would lock the rows that OFFSET passes over as well.
                    _ = try connection.query(
                        "test_hold",
                        """
                        SELECT FROM live.entities WHERE id = (
                            SELECT id FROM live.entities WHERE type = 'character' ORDER BY id OFFSET 600 LIMIT 1)
                        FOR UPDATE
                        """)
                    let child = try await Program(
                        RunningLifeOS.program, ["rollback", "--to", "\(point)", "--yes"],
                        environment: RunningLifeOS.environment(home: home, ["DATABASE_URL": database.conninfo])
                    ).start()
                    try await eventually(within: .seconds(60), "two batches are restored") {
                        try await occupations(pool)["baker"] == 512
                    }
                    child.signal(.kill)
                    return try await child.waitForExit(within: .seconds(30))
                }
            }
            #expect(rollback == .signal(.kill))
            await held.close()
            let operation = try await pool.query(
                "test_operation", "SELECT id::text FROM live.entities WHERE fields->>'kind' = 'rollback'"
            ).only(String.self)
            let resumed = try await run(["rollback", "--resume", operation], on: database)
            #expect(resumed.code == .code(0), "\(resumed.errors)")
            #expect(try await occupations(pool) == ["baker": Self.characters])
            let restored = try await pool.query(
                "test_restored", "SELECT count(*) FROM log.events WHERE type = 'character.restored'"
            ).only(Int.self)
            #expect(restored == Self.characters)

            let undone = try await run(["undo", operation, "--yes"], on: database)
            #expect(undone.code == .code(0), "\(undone.errors)")
            #expect(try await occupations(pool) == ["spy": Self.characters])
            #expect(try await run(["projections", "check"], on: database).code == .code(0))
            #expect(try await run(["log", "verify"], on: database).code == .code(0))
            await pool.close()
        }
    }

    @Test func nothingHappensWithoutAYes() async throws {
        #expect(try await RunningLifeOS.run(["sample", "load"], home: home).exit == .code(0))
        let asked = try await RunningLifeOS.run(["rollback", "--to", "300"], home: home)
        #expect(asked.exit == .code(2))
        #expect(asked.outputText.contains("would change back"))
        #expect(asked.errorText.contains("Pass --yes to confirm."))
        let dry = try await RunningLifeOS.run(["rollback", "--to", "300", "--dry-run", "--json"], home: home)
        let sum = try JSONValue(parsing: try #require(dry.outputText.split(separator: "\n").last.map(String.init)))
        #expect((sum["dry_run"]?["entities"]?.integer ?? 0) > 10)
        #expect(sum["dry_run"]?["to"]?.integer == 300)
        let diff = try await RunningLifeOS.run(["replay", "diff", "374"], home: home)
        #expect(diff.outputText.contains("nothing changed"))
    }

    @Test(
        arguments: [
            (["rollback"], "Say which point to go back to."),
            (["rollback", "--to", "99999"], "The log ends at position"),
            (["rollback", "--to", "soon"], "a point such as"),
            (["rollback", "--to", "0", "--type", "charcter"], "Did you mean --type character?"),
            (["rollback", "--resume", "0197a1b2-0000-7000-8000-00000000000f"], "is not a rollback"),
            (["undo", "0197a1b2-0000-7000-8000-00000000000f"], "Nothing in the log"),
            (["undo", "everything"], "an identifier such as"),
            (["replay", "diff", "before:0197a1b2-0000-7000-8000-00000000000f"], "Nothing in the log"),
        ])
    func whatCannotBeDoneIsSaid(_ arguments: [String], _ said: String) async throws {
        #expect(try await RunningLifeOS.run(["migrate"], home: home).exit == .code(0))
        let result = try await RunningLifeOS.run(arguments, home: home)
        #expect(result.exit != .code(0))
        #expect(result.errorText.contains(said), "\(result.errorText)")
    }
}
