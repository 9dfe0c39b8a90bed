import Backup
import Entities
import EventLog
import JSON
import Postgres
import Recovery
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// One after the other: each wants connections to several databases.
@Suite(.serialized) struct BackupDrillTests {
    private func databases(_ studio: Studio) async throws -> [String] {
        try await studio.pool.query(
            "databases",
            "SELECT datname::text FROM pg_database WHERE starts_with(datname, \("\(studio.database.name)_")) ORDER BY 1"
        ).decode(String.self)
    }

    private func drill(_ shelf: Shelf, clock: any WallClock = SystemWallClock()) async throws -> BackupDrill {
        BackupDrill(try await shelf.reader, try shelf.blueprint, logger: .silent, clock: clock)
    }

    @Test func aDrillTellsHowLongItTookAndWhatWouldBeLost() async throws {
        try await Studio.with { studio in
            let shelf = try Shelf(studio)
            try await Scribe(studio: studio).tell(5)
            try shelf.addBlob(Array("a picture".utf8))
            let manifest = try await shelf.backUp(.full)
            let scratch = shelf.folder.path("scratch")
            let first = try await drill(shelf).run(beside: studio.pool, scratch: scratch)
            #expect(first.backup == manifest.id && first.rpoSeconds == 0)
            #expect(first.restore.head == manifest.head && first.restore.blobsWritten == 1)
            #expect(first.rtoSeconds >= first.restore.secondsTotal && first.restore.secondsTotal > 0)
            #expect(try await databases(studio).isEmpty && !Files.exists(scratch))

            try await Scribe(studio: studio).create("character", ["name": "Newer"])
            let written = try await EventReader(pool: studio.pool).head().recordedAt
            let later = ScriptedWallClock(written + .seconds(90))
            let second = try await drill(shelf, clock: later).run(beside: studio.pool, scratch: scratch)
            #expect(second.rpoSeconds == 90)
            #expect(
                second.json["rpo_seconds"]?.double == 90 && second.json["events"]?.integer == manifest.head.position)
        }
    }

    @Test func aDrillThatFailsLeavesNothingAndTheNextOneSweepsUp() async throws {
        try await Studio.with { studio in
            let shelf = try Shelf(studio)
            try await Scribe(studio: studio).tell(5)
            try await shelf.backUp(.full)
            let left = "\(studio.database.name)_drill_1"
            try await studio.pool.execute("leave", "CREATE DATABASE \(identifier: left)")
            let whole = try await drill(shelf)
            let name = try #require(try Shelf.contents(shelf.store).keys.first { $0.contains("log-") })
            let bytes = try Files.read("\(shelf.store)/\(name)", limit: 1 << 26)
            try Files.replace("\(shelf.store)/\(name)", with: bytes.dropLast())
            let scratch = shelf.folder.path("scratch")
            await #expect(throws: BackupError.self) { try await whole.run(beside: studio.pool, scratch: scratch) }
            #expect(try await databases(studio).isEmpty && !Files.exists(scratch))
        }
    }

    /// What operations have recorded is what schedules and metrics go by.
    @Test func theLogTellsHowBackupsStand() async throws {
        try await Studio.with { studio in
            var recorded = try await RecordedBackups.read(from: studio.pool)
            let now = SystemWallClock().now()
            #expect(recorded.done.isEmpty && recorded.tried.isEmpty && recorded.rpoSeconds(now: now) == nil)
            try await Scribe(studio: studio).create("character", ["name": "Jenny"])
            let head = try await EventReader(pool: studio.pool).head()
            func record(_ kind: String, _ parameters: JSONObject, _ result: JSONObject, fails: Bool = false)
                async throws
            {
                struct Failed: Error {}
                try await Entities.Operation(studio.service, actor: "admin").run(
                    .init(kind, "A test", parameters: parameters), telling: { _ in result }
                ) { _ in if fails { throw Failed() } }
            }
            try await record("backup", ["kind": "full"], ["position": .integer(head.position)])
            recorded = try await RecordedBackups.read(from: studio.pool)
            #expect(recorded.position == head.position && recorded.rpoSeconds(now: now) == 0)
            #expect(recorded.lastBackup == recorded.done[.full] && recorded.done[.incremental] == nil)
            try? await record("backup", ["kind": "incremental"], [:], fails: true)
            try await record("backup_drill", [:], ["rto_seconds": 1.5])
            try await Scribe(studio: studio).create("character", ["name": "Newer"])
            let newer = try await EventReader(pool: studio.pool).head().recordedAt
            recorded = try await RecordedBackups.read(from: studio.pool)
            #expect(recorded.tried[.incremental] != nil && recorded.done[.incremental] == nil)
            #expect(recorded.rtoSeconds == 1.5 && recorded.unsavedSince == newer)
            #expect(recorded.rpoSeconds(now: newer + .seconds(7)) == 7)
        }
    }
}
