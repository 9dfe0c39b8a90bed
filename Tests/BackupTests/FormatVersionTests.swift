import Cryptography
import EventLog
import JSON
import Postgres
import System
import TestSupport
import Testing

@testable import Backup

/// The format says of its version what it holds, and every version that ever was is read.
@Suite struct FormatVersionTests {
    private func firstLine(_ system: LoggedSystem, _ manifest: Manifest) async throws -> JSONValue {
        let lines = try await system.store.get(manifest.path).split(separator: UInt8(ascii: "\n"))
        return try JSONValue(parsing: Array(try #require(lines.first)))
    }

    @Test func aBackupNamesItsLog() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(20)
            let made = try await system.back(up: .full)
            let id = try await EventReader(pool: system.pool).identity().identity.id
            #expect(made.logID == id)
            let line = try await firstLine(system, made)
            #expect(line["lifeos_backup"] == 2 && line["log_id"]?.string == id.description)
            #expect(try await system.shelf().manifest(made.id) == made)
        }
    }

    @Test(arguments: [nil, BackupSecret.testKey])
    func aBackupOfTheFirstVersionIsReadAndContinued(_ secret: BackupSecret?) async throws {
        try await LoggedSystem.with { system in
            try await system.fill(20)
            var first = try await system.back(up: .full, secret)
            first.logID = nil
            let key = try await system.shelf(secret).keyring.key(opening: first.encryption)
            try await system.store.put(first.path, ManifestFile.write(first, key))
            let line = try await firstLine(system, first)
            let members = [
                "lifeos_backup", "id", "kind", "created_at", "installation", "log", "events", "after", "head",
                "categories", "segments", "blob_lists",
            ]
            #expect(line["lifeos_backup"] == 1)
            #expect(line.object?.names == members + (secret == nil ? [] : ["encryption"]))

            try await system.fill(7)
            let next = try await system.back(up: .incremental, secret)
            #expect(next.parent == first.id && next.after == first.head && next.logID != nil)
            let reader = try await BackupReader.newest(system.shelf(secret))
            #expect(reader.chain == [first, next])
            #expect(try await reader.events().apart() == system.rows())
            #expect(try await BackupVerifier(system.shelf(secret)).verify([next.id]).isSound)
        }
    }

    /// Nothing is guessed about what a later version wrote.
    @Test func whatNoVersionWroteIsRefused() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(20)
            let made = try await system.back(up: .full)
            let text = String(decoding: made.lines, as: UTF8.self)
            let id = try #require(made.logID).description
            for (old, new) in [
                ("\"lifeos_backup\":2", "\"lifeos_backup\":1"), ("\"lifeos_backup\":2", "\"lifeos_backup\":3"),
                (",\"log_id\":\"\(id)\"", ""), (id, id.uppercased()), (id, "x"),
            ] {
                let changed = Array(text.replacing(old, with: new).utf8)
                #expect(changed != made.lines)
                #expect(throws: ManifestProblem.self, "\(new)") { try Manifest(lines: changed[...]) }
            }
        }
    }
}
