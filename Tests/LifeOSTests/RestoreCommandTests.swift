import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// Backups that come back, from the command line.
@Suite struct RestoreCommandTests {
    let folder: TemporaryFolder
    private var home: String { folder.path("home") }
    private var store: String { folder.path("store") }
    private static let secret = ["LIFEOS_BACKUP_PASSPHRASE": "correct horse battery staple"]

    init() throws { folder = try TemporaryFolder("restore-command") }

    private func run(
        _ arguments: [String], in home: String, _ environment: [String: String] = secret
    ) async throws -> (code: Exit, lines: [JSONValue], errors: String) {
        let environment = environment.merging(["LIFEOS_BACKUP_TARGET": store]) { $1 }
        let result = try await RunningLifeOS.run(arguments + ["--json"], home: home, environment)
        let lines = result.outputText.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        return (result.exit, lines, result.errorText)
    }

    private func done(_ arguments: [String], in home: String) async throws -> [JSONValue] {
        let (code, lines, errors) = try await run(arguments, in: home)
        #expect(code == .code(0), "\(arguments): \(errors)")
        return lines
    }

    @Test func aLostSystemComesBack() async throws {
        _ = try await done(["sample", "load"], in: home)
        let backup = try #require(try await done(["backup", "create", "--full"], in: home).last)
        let head = try #require(backup["head"]?.string)
        let position = try #require(backup["position"]?.integer)

        let new = folder.path("new")
        let restored = try #require(try await done(["backup", "restore", "--from", store], in: new).last)
        #expect(restored["position"]?.integer == position)
        #expect(restored["verified"]?.integer == position)
        // What comes after it is the record of the restore.
        let verified = try #require(try await done(["log", "verify", "--head", head], in: new).last)
        #expect(verified["sound"] == true)
        let again = try await run(["backup", "restore"], in: new)
        #expect(again.code == .code(1))
        #expect(again.errors.contains("Nothing is ever overwritten"))

        let lifeos = try await RunningLifeOS.start(home: new)
        let authorization: HTTPClient.Headers = ["Authorization": "Bearer \(RunningLifeOS.token)"]
        let found = try await lifeos.get("/api/v2/characters", headers: authorization)
        #expect(try JSONValue(parsing: found.body)["total"] == 9)
        let told = try await lifeos.get("/api/v2/operations?filter=kind:eq:restore", headers: authorization)
        #expect(try JSONValue(parsing: told.body)["items"]?[0]?["data"]?["status"] == "completed")
        _ = try await lifeos.stop()
        // The restored system's backups go on from those of the lost one.
        let next = try #require(try await done(["backup", "create", "--incremental"], in: new).last)
        #expect(try #require(next["events"]?.integer) < 10)
    }

    @Test func aPartComesBackBesideWhatIsThere() async throws {
        _ = try await done(["sample", "load"], in: home)
        let backup = try #require(try await done(["backup", "create"], in: home).last)
        let id = try #require(backup["id"]?.string)
        _ = try await done(["backup", "restore", "--to", "100", "--fork", "before"], in: home)
        let fork = try #require(try await done(["replay", "forks"], in: home).first)
        #expect(fork["position"] == 100)
        #expect(fork["reason"]?.string?.contains(id) == true)
        let beside = try await done(["backup", "restore", id, "--to", "-1h", "--database", "beside"], in: home)
        #expect(beside.last?["database"] == "beside")
        #expect(try #require(beside.last?["position"]?.integer) > 100)
        let taken = try await run(["backup", "restore", "--database", "beside"], in: home)
        #expect(taken.errors.contains("There is a database called beside already"))
    }

    @Test func whatCannotBeRestoredSaysWhy() async throws {
        let new = folder.path("new")
        #expect(try await run(["backup", "restore"], in: new).errors.contains("There are no backups"))
        _ = try await done(["sample", "load"], in: home)
        _ = try await done(["backup", "create"], in: home)
        _ = try await done(["backup", "create", "--incremental"], in: home)
        let cases: [([String], [String: String], String)] = [
            (["--to", "100000"], Self.secret, "No backup reaches position 100000"),
            (["--to", "before:\(UUID(high: 1, low: 1))"], Self.secret, "up to a position or a time"),
            (["--fork", "a", "--database", "b"], Self.secret, "cannot be combined"),
            ([], [:], "The backup is encrypted"),
            ([], ["LIFEOS_BACKUP_PASSPHRASE": "not the right words"], "encrypted with another key"),
        ]
        for (arguments, environment, complaint) in cases {
            let result = try await run(["backup", "restore"] + arguments, in: new, environment)
            #expect(result.code != .code(0))
            #expect(result.errors.contains(complaint), "\(arguments): \(result.errors)")
        }
        let newest = try #require(try Files.names(in: "\(store)/backups").max())
        try Files.replace("\(store)/backups/\(newest)/manifest.jsonl", with: [1, 2, 3])
        let damaged = try await run(["backup", "restore"], in: new)
        #expect(damaged.errors.contains("The newest backup, \(newest), cannot be used"))
        let older = try #require(try Files.names(in: "\(store)/backups").min())
        _ = try await done(["backup", "restore", older], in: new)
    }
}
