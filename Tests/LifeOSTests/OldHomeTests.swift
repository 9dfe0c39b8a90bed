import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// What an earlier version has left on a disk: a home, and backups of it. `OldHomes/make` made
/// them, before the wiring went into rooms.
@Suite(.serialized) struct OldHomeTests {
    private let old: String
    private let folder: TemporaryFolder
    private let expected: JSONValue

    init() throws {
        old = "\(Files.folder(of: Files.folder(of: #filePath)))/OldHomes/before-rooms"
        folder = try TemporaryFolder("old-home")
        expected = try JSONValue(parsing: Files.read("\(old)/expected.json"))
    }

    private var head: String { expected["head"]?.string ?? "" }

    private func unpack(_ name: String) async throws {
        let done = try await Program("/bin/tar", ["-C", folder.path, "-I", "zstd", "-xf", "\(old)/\(name).tar.zst"])
            .run(timeout: .seconds(60))
        try #require(done.exit == .code(0), "\(done.errorText)")
    }

    private func run(
        _ arguments: String..., home: String, _ environment: [String: String] = [:]
    ) async throws -> Program.Result {
        let result = try await RunningLifeOS.run(arguments, home: home, environment)
        #expect(result.exit == .code(0), "\(arguments): \(result.errorText)")
        return result
    }

    /// The log continues the one of then, and the tables are what it says.
    private func inspect(_ home: String) async throws {
        _ = try await run("log", "verify", "--head", head, home: home)
        _ = try await run("projections", "check", home: home)
    }

    /// Its PostgreSQL can only be run by programs of the same major version.
    @Test func anOldHomeIsOpenedMigratedServedAndGoesOn() async throws {
        try await unpack("home")
        let home = folder.path("home")
        let version = try Files.readText("\(home)/postgres/PG_VERSION").filter { !$0.isWhitespace }
        guard Files.exists("/usr/lib/postgresql/\(version)/bin/postgres") else {
            try Test.cancel("the old home wants PostgreSQL \(version), which is not installed")
        }
        _ = try await run("migrate", home: home)
        // Its first start makes the tables of this version.
        let lifeos = try await RunningLifeOS.start(home: home)
        let ready = try await lifeos.get("/health/ready")
        #expect(ready.status == 200, "\(String(decoding: ready.body, as: UTF8.self))")
        try await inspect(home)
        let character = expected["character"]?.string ?? ""
        let then = expected["before"]?.integer ?? 0
        let headers: HTTPClient.Headers = ["Authorization": "Bearer \(RunningLifeOS.token)"]
        let asOf = try await lifeos.get("/api/v2/characters/\(character)?as_of=\(then)", headers: headers)
        #expect(try JSONValue(parsing: asOf.body)["data"]?["name"] == "Ada")
        let forks = try await run("replay", "forks", "--json", home: home)
        #expect(forks.outputText.contains(#""then""#))
        #expect(try await lifeos.stop()?.isSuccess == true)
        let fork = try await RunningLifeOS.start(home: home, arguments: ["--fork", "then"])
        #expect(try await fork.get("/health/ready").status == 200)
        #expect(try await fork.stop()?.isSuccess == true)
        _ = try await run("doctor", home: home)
    }

    @Test(arguments: [("plain", [:]), ("sealed", ["LIFEOS_BACKUP_PASSPHRASE": "twelve words are not needed here"])])
    func anOldBackupIsVerifiedAndBroughtBack(_ name: String, _ environment: [String: String]) async throws {
        try await unpack(name)
        let home = folder.path("new-\(name)")
        let place = environment.merging(["LIFEOS_BACKUP_TARGET": folder.path(name)]) { $1 }
        _ = try await run("backup", "verify", "--all", home: home, place)
        _ = try await run("backup", "restore", home: home, place)
        _ = try await run("projections", "check", home: home)
        _ = try await run("log", "verify", home: home)
    }
}
