import Backup
import Cryptography
import EventLog
import Postgres
import System
import TestSupport
import Testing

/// A backup can be read without this program: as `ops/backup-format.md` says, word for word.
@Suite struct ByHandTests {
    private static let page =
        Files.folder(of: Files.folder(of: Files.folder(of: #filePath))) + "/ops/backup-format.md"

    /// The page's commands: look, open, bring back the log, bring back blobs.
    private func commands() throws -> [String] {
        try Files.readText(Self.page).matches(of: /```sh\n((?:.|\n)*?)```/).map { String($0.output.1) }
    }

    private func run(_ script: String, _ environment: [String: String]) async throws {
        let result = try await Program(
            "/bin/sh", ["-euc", script], environment: Program.plainEnvironment.merging(environment) { $1 }
        ).run()
        #expect(result.exit.isSuccess, "\(result.errorText)\n\(script)")
    }

    @Test(arguments: [false, true]) func theCommandsOfThePageBringALogBack(_ isSealed: Bool) async throws {
        let commands = try commands()
        try #require(commands.count == 4)
        let folder = try TemporaryFolder()
        let key = [UInt8](0..<32).map { $0 &* 7 &+ 3 }
        let (manifest, head) = try await LoggedSystem.with { system in
            try await system.fill(1_000)
            try system.addBlob(Array("a blob".utf8))
            let made = try await system.back(
                up: .full, isSealed ? .key(SymmetricKey(key)) : nil, in: FolderStore(folder.path))
            return (made, try await EventReader(pool: system.pool).head())
        }
        #expect(manifest.segments.count > 2)
        try await TestDatabase.with(template: LoggedSystem.template) { database in
            var environment = [
                "B": folder.path("backups/\(manifest.id)"), "LAST": "\(head.position)",
                "DATABASE_URL": database.conninfo, "KEY": TextCoding.hex.encode(key), "OPENED": folder.path("opened"),
                "BLOBS": folder.path("blobs-back"),
            ]
            try await run(commands[0], environment)
            if isSealed {
                try await run(commands[1], environment)
                environment["B"] = environment["OPENED"]
            }
            try await run(commands[2], environment)
            let pool = try await LoggedSystem.makePool(database.conninfo)
            let found = try await LogVerifier(pool: pool).verify(expectedHead: StatedHead(head))
            #expect(found.isSound)
            #expect(found.head == head)
            await pool.close()
            guard !isSealed else { return }
            try await run(commands[3], environment)
            let blob = SHA256.hash(Array("a blob".utf8)).hex
            #expect(try Files.read(folder.path("blobs-back/\(blob.prefix(2))/\(blob)")) == Array("a blob".utf8))
        }
    }
}
