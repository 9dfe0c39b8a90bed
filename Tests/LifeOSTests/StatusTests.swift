import JSON
import System
import TestSupport
import Testing

/// `lifeos status` and `lifeos config show`: what scripts and people ask first.
@Suite struct StatusTests {
    let folder: TemporaryFolder
    private var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("status") }

    private func status(_ environment: [String: String] = [:]) async throws -> (code: Exit, json: JSONValue) {
        let result = try await RunningLifeOS.run(["status", "--json"], home: home, environment)
        return (result.exit, try JSONValue(parsing: result.output))
    }

    @Test func withoutAHomeNothingIsMadeAndTheCodeSaysSo() async throws {
        let (code, json) = try await status()
        #expect(code == .code(4))
        #expect(json["running"] == false && json["home"] == .null && json["database"]?["state"] == "missing")
        let people = try await RunningLifeOS.run(["status"], home: home)
        #expect(people.exit == .code(4) && people.outputText.contains("does not exist yet"))
        #expect(people.errorText == "")
        #expect(try Files.names(in: folder.path).isEmpty)
    }

    @Test func aRunningServerIsFoundWhereverItListens() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        var (code, json) = try await status()
        #expect(code == .code(0), "\(json)")
        #expect(json["running"] == true && json["servers"]?.array?.count == 1)
        #expect(json["servers"]?[0]?["address"]?.string == lifeos.address)
        #expect(json["servers"]?[0]?["ready"] == true)
        #expect(json["database"]?["kind"] == "private" && json["database"]?["state"] == "up")
        #expect(json["database"]?["pending_migrations"] == 0)
        #expect(json["log"]?["position"]?.integer != nil)
        #expect(json["backup"]?["last_at"] == .null)
        #expect(json["free_bytes"]?.integer ?? 0 > 0)
        let people = try await RunningLifeOS.run(["status"], home: home).outputText
        #expect(people.contains("ready, at \(lifeos.address)") && people.contains("up to date"))

        #expect(try await RunningLifeOS.run(["backup", "create"], home: home).exit == .code(0))
        #expect(try await status().json["backup"]?["last_at"]?.string != nil)

        _ = try await lifeos.stop()
        (code, json) = try await status()
        #expect(code == .code(3))
        #expect(json["running"] == false && json["database"]?["state"] == "stopped" && json["log"] == .null)
        // The folder of backups can be read without the database.
        #expect(json["backup"]?["last_at"]?.string != nil)
    }

    @Test func aKilledServerIsNotTakenForRunning() async throws {
        let database = try await TestDatabase.make()
        try Files.makeFolder(home)
        let environment = ["DATABASE_URL": database.conninfo]
        let lifeos = try await RunningLifeOS.start(home: home, environment)
        #expect(try await status(environment).code == .code(0))
        lifeos.child.signal(.kill)
        _ = try await lifeos.child.waitForExit(within: .seconds(30))
        let (code, json) = try await status(environment)
        #expect(code == .code(3) && json["servers"]?.array?.isEmpty == true)
        // What needs no server is told all the same.
        #expect(json["database"]?["kind"] == "given" && json["log"]?["position"]?.integer != nil)
        await database.drop()
    }

    @Test func everySettingIsShownWithItsOriginAndSecretsAreNot() async throws {
        let result = try await RunningLifeOS.run(
            ["config", "show", "--json"], home: home,
            ["DATABASE_URL": "postgres://ada:hunter2@nowhere/x", "LIFEOS_LOG": "debug"])
        #expect(result.exit == .code(0), "\(result.errorText)")
        #expect(!result.outputText.contains("hunter2") && !result.outputText.contains(RunningLifeOS.token))
        let lines = try result.outputText.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        func line(_ name: String) -> JSONValue? { lines.first { $0["name"]?.string == name } }
        #expect(
            line("LIFEOS_LOG") == [
                "name": "LIFEOS_LOG", "value": "debug", "origin": "environment", "when_unset": .null,
            ])
        #expect(line("LIFEOS_SHUTDOWN_GRACE")?["origin"] == "default")
        #expect(line("DATABASE_URL")?["value"] == "[set]")
        #expect(line("LIFEOS_TLS_KEY")?["when_unset"] == "plain HTTP")

        try Files.makeFolder(home)
        try Files.replace("\(home)/admin-token", with: Array("a token that nobody sees".utf8))
        let wrong = try await RunningLifeOS.run(
            ["config", "show"], home: home,
            ["LIFEOS_ADMIN_TOKEN": "", "LIFEOS_DATABASE_CONNECTIONS": "many", "LIFEOS_LISTN": "127.0.0.1:9000"])
        #expect(wrong.exit == .code(2))
        #expect(wrong.outputText.contains("file \(home)/admin-token"), "\(wrong.outputText)")
        #expect(!wrong.outputText.contains("nobody sees"))
        #expect(wrong.errorText.contains("Did you mean LIFEOS_LISTEN?") && wrong.errorText.contains("many"))
    }

    /// A mistyped word found nothing, which looks as if nothing had happened.
    @Test func unknownTypesAndVerbsAreErrorsWithASuggestion() async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        #expect(try await RunningLifeOS.run(["migrate"], home: home, environment).exit == .code(0))
        let cases = [
            ("audit --type charcter", "--type character?"), ("audit --verb archive", "--verb archived?"),
            ("audit --type character.created", "--type character for all of its events?"),
            ("log show --type charakter.created", "--type character.created?"),
            ("log show --type character", "--category character"),
            ("log show --category stroy", "--category story?"),
            ("rollback --to 0 --type charcter", "--type character?"),
            ("replay diff 0 --type charcter", "--type character?"),
        ]
        for (line, suggestion) in cases {
            let result = try await RunningLifeOS.run(
                line.split(separator: " ").map(String.init), home: home, environment)
            #expect(result.exit == .code(2), "\(line): \(result.outputText)\(result.errorText)")
            #expect(result.errorText.contains(suggestion), "\(line): \(result.errorText)")
        }
        for line in ["audit --type sign_in --verb refused", "log show --category operation --type character.created"] {
            let result = try await RunningLifeOS.run(
                line.split(separator: " ").map(String.init), home: home, environment)
            #expect(result.exit == .code(0), "\(line): \(result.errorText)")
        }
        await database.drop()
    }
}
