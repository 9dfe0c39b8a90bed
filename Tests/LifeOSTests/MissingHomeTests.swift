import System
import TestSupport
import Testing

/// A mistyped `LIFEOS_HOME` is told of, rather than made. It used to get a PostgreSQL of its own, and then the advice to
/// run `lifeos migrate`, after which it looked as if everything was lost.
@Suite struct MissingHomeTests {
    let folder: TemporaryFolder
    var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("missing-home") }

    /// Every command that works on what is kept already.
    static let commands = [
        "audit", "audit export FILE", "backup create", "backup drill", "backup list", "backup prune",
        "backup schedule --run-due", "backup verify", "export json FOLDER", "log repair-head", "log repair-plan",
        "log show", "log verify", "projections check", "projections drop-old", "projections list",
        "projections rebuild", "replay diff 1 2", "replay drop-fork what-if", "replay fork 1 --name what-if",
        "replay forks", "replay inspect 1", "rollback --to 1", "serve --fork what-if",
        "undo 0192d3c4-0000-7000-8000-000000000000",
    ]

    /// What makes a home, and what needs none.
    private static let others = [
        "audit verify-export", "backup restore", "completion", "config show", "doctor", "events docs", "help", "import",
        "manual",
        "migrate", "sample load", "serve", "status", "version",
    ]

    @Test func everyCommandIsOneOrTheOther() async throws {
        let manual = try await RunningLifeOS.run(["manual"], home: home).outputText
        let all = manual.split(separator: "\n").filter { $0.hasPrefix(".SS lifeos ") }.map { $0.dropFirst(11) }
        #expect(all.count > 30)
        for command in all {
            let isKnown =
                Self.others.contains(String(command))
                || Self.commands.contains { $0 == command || $0.hasPrefix("\(command) ") }
            #expect(isKnown, "say here whether `lifeos \(command)` makes a home")
        }
    }

    @Test(arguments: commands) func itIsToldOfAndNotMade(_ command: String) async throws {
        let result = try await run(command)
        #expect(result.exit == .code(1), "\(result.outputText)\(result.errorText)")
        #expect(result.errorText.contains("there is no home at \(home)"), "\(result.errorText)")
        #expect(result.errorText.contains("LIFEOS_HOME") && result.errorText.contains("lifeos serve"))
        #expect(try Files.names(in: folder.path).isEmpty)
    }

    /// A preview makes nothing, and neither does an import of nothing.
    @Test(arguments: [("import --dry-run FOLDER", "there is no home"), ("import MISSING", "There is no folder")])
    func anImportThatChangesNothingMakesNoHome(_ command: String, _ reason: String) async throws {
        try Files.makeFolder(folder.path("FOLDER"))
        let result = try await run(command)
        #expect(result.exit != .code(0) && result.errorText.contains(reason), "\(result.errorText)")
        #expect(try Files.names(in: folder.path) == ["FOLDER"])
    }

    @Test func aFolderWithoutADatabaseIsLeftAsItIs() async throws {
        try Files.makeFolder(home)
        let result = try await run("audit")
        #expect(result.exit == .code(1))
        #expect(result.errorText.contains("there is no database in the home \(home)"), "\(result.errorText)")
        #expect(try Files.names(in: home).isEmpty)
    }

    @Test(arguments: ["migrate", "sample load", "import FOLDER"])
    func whatBeginsAStudioMakesIt(_ command: String) async throws {
        try Files.makeFolder(folder.path("FOLDER"))
        let result = try await run(
            command, ["LIFEOS_CATALOGUE": "", "LIFEOS_PROJECTIONS": "", "LIFEOS_DASHBOARDS": ""])
        #expect(result.exit == .code(0), "\(result.outputText)\(result.errorText)")
        #expect(try await run("log verify").exit == .code(0))
    }

    /// Nobody needs a home who has a database elsewhere.
    @Test func aDatabaseOfOnesOwnNeedsNone() async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        #expect(try await run("migrate", environment).exit == .code(0))
        for command in ["log verify", "audit", "backup list"] {
            let result = try await run(command, environment)
            #expect(result.exit == .code(0), "\(command): \(result.errorText)")
        }
        #expect(!Files.exists(home))
        await database.drop()
    }

    private func run(_ command: String, _ environment: [String: String] = [:]) async throws -> Program.Result {
        let words = command.split(separator: " ").map { word in
            ["FILE", "FOLDER"].contains(word) ? folder.path(String(word)) : String(word)
        }
        return try await RunningLifeOS.run(words, home: home, environment)
    }
}
