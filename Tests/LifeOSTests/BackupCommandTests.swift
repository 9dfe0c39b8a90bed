import JSON
import System
import TestSupport
import Testing

/// The commands as people use them.
@Suite struct BackupCommandTests {
    private func run(
        _ arguments: [String], _ home: TemporaryFolder, _ environment: [String: String] = [:]
    ) async throws -> Program.Result {
        try await RunningLifeOS.run(arguments, home: home.path, environment)
    }

    private func lines(_ result: Program.Result) throws -> [JSONValue] {
        try result.output.split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
    }

    @Test func backupsAreMadeListedVerifiedAndPruned() async throws {
        let home = try TemporaryFolder("home", mode: 0o755)
        #expect(try await run(["migrate"], home).exit == .code(0))
        let nothing = try await run(["backup", "verify"], home)
        #expect(nothing.exit == .code(1))
        #expect(nothing.errorText.contains("lifeos backup create"))
        let early = try await run(["backup", "create", "--incremental"], home)
        #expect(early.exit == .code(1))
        #expect(early.errorText.contains("--full"))
        let refused = try await run(["backup", "create", "--encrypt"], home)
        #expect(refused.exit == .code(2))
        #expect(refused.errorText.contains("openssl rand -hex 32"))

        let secret = ["LIFEOS_BACKUP_PASSPHRASE": "the words of this test"]
        let full = try await run(["backup", "create", "--encrypt", "--json"], home, secret)
        #expect(full.exit.isSuccess, "\(full.errorText)")
        let made = try #require(lines(full).last)
        let id = try #require(made["id"]?.string)
        #expect(made["encrypted"] == true)
        let next = try await run(["backup", "create", "--incremental", "--json"], home, secret)
        #expect(next.exit.isSuccess, "\(next.errorText)")
        // The operation of the first is what the second holds.
        let events = try lines(next).last?["events"]?.integer ?? 0
        #expect(events >= 2)

        let list = try lines(try await run(["backup", "list", "--json"], home))
        #expect(list.map { $0["id"]?.string } == [id, try lines(next).last?["id"]?.string])
        #expect(list.last?["parent"]?.string == id)
        let verified = try await run(["backup", "verify", "--all", "--json"], home, secret)
        #expect(try lines(verified).last?["backups"] == 2)
        let keyless = try await run(["backup", "verify", id], home)
        #expect(keyless.exit == .code(1))
        let dry = try await run(["backup", "prune", "--dry-run", "--json"], home, secret)
        #expect(try lines(dry).last?["removed"]?.string == "")

        let log = try await run(["log", "show", "--category", "operation", "--json"], home)
        let completed = try lines(log).filter { $0["type"]?.string == "operation.completed" }
        #expect(completed.first?["data"]?["result"]?["id"]?.string == id)
        #expect(!log.output.contains("the words of this test".utf8))

        let segment = try #require(Files.names(in: home.path("backups/backups/\(id)")).first { $0.hasPrefix("log-") })
        let path = home.path("backups/backups/\(id)/\(segment)")
        var bytes = try Files.read(path)
        bytes[bytes.count / 2] ^= 4
        try Files.replace(path, with: bytes)
        let broken = try await run(["backup", "verify", "--all", "--json"], home, secret)
        #expect(broken.exit == .code(1))
        let report = try #require(lines(broken).first)
        #expect(report["sound"] == false)
        #expect(report["faults"]?[0]?["explanation"]?.string?.contains(segment) == true)
    }

    @Test(arguments: [
        (["LIFEOS_BACKUP_TARGET": "somewhere"], "absolute path"),
        (["LIFEOS_BACKUP_TARGET": "s3://bucket"], "AWS_ACCESS_KEY_ID"),
        (["LIFEOS_BACKUP_TARGET": "s3:///x"], "s3://bucket/prefix"),
        (["LIFEOS_BACKUP_KEY_FILE": "/nowhere/key"], "LIFEOS_BACKUP_KEY_FILE"),
        (["LIFEOS_BACKUP_KEY_FILE": "/etc/hostname"], "openssl rand"),
        (["LIFEOS_BACKUP_KEY_FILE": "/x", "LIFEOS_BACKUP_PASSPHRASE": "long enough words"], "both"),
        (["LIFEOS_BACKUP_PASSPHRASE": "short"], "12 characters"),
    ])
    func aWrongSettingIsSaidBeforeAnythingIsDone(_ environment: [String: String], _ words: String) async throws {
        let home = try TemporaryFolder("home")
        let result = try await run(["backup", "list"], home, environment)
        #expect(result.exit == .code(2))
        #expect(result.errorText.contains(words), "\(result.errorText)")
        #expect(try Files.names(in: home.path) == [])
    }
}
