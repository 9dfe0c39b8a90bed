import Backup
import Entities
import EventLog
import Postgres
import Recovery
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// However little room there is, a restore is whole or leaves nothing.
@Suite(.serialized) struct FullDiskTests {
    @Test func aFullDiskLeavesNothing() async throws {
        try await Studio.with { studio in
            let shelf = try Shelf(studio)
            try await Scribe(studio: studio).tell(20)
            try await shelf.backUp(.full)
            let cluster = try await TestCluster.start()
            guard let disk = try await SmallDisk("restore", megabytes: 48, beside: cluster) else {
                await cluster.stop()
                try Test.cancel("this process may not mount a small file system")
            }
            do {
                try await restore(shelf, onto: disk, of: cluster)
            } catch {
                Issue.record(error)
            }
            await cluster.stop()
            await disk.unmount()
        }
    }

    private func restore(_ shelf: Shelf, onto disk: SmallDisk, of cluster: TestCluster) async throws {
        let server = try await Shelf.pool(cluster.conninfo())
        try await server.execute("space", "CREATE TABLESPACE small LOCATION \(unsafeSQL: "'\(disk.path)'")")
        try await server.execute("tiny", "CREATE DATABASE tiny TABLESPACE small")
        await server.close()
        let pool = try await Shelf.pool(cluster.conninfo(database: "tiny"))
        try await shelf.blueprint.migrate(pool, logger: .silent)
        var failures = 0
        for kibibytes in [8, 64, 256, 512, 1_024, 2_048, 4_096, 6_144] as [Int64] {
            try disk.leave(kibibytes << 10)
            do {
                _ = try await shelf.restorer().restore(into: pool, blobs: nil)
                #expect(failures > 0)
                break
            } catch let error as PostgresError {
                #expect(error.code == .diskFull, "\(kibibytes) KiB: \(error)")
                failures += 1
            }
            #expect(try await EventReader(pool: pool).head() == .start, "\(kibibytes) KiB")
            #expect(try await Shelf.events(pool).isEmpty, "\(kibibytes) KiB")
        }
        try disk.leave(.max)
        if try await EventReader(pool: pool).head() == .start {
            _ = try await shelf.restorer().restore(into: pool, blobs: nil)
        }
        #expect(try await Shelf.events(pool) == Shelf.events(shelf.studio.pool))
        await pool.close()
    }
}
