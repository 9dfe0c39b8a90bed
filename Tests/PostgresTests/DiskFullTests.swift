import Glibc
import Postgres
import System
import TestSupport
import Testing

@Suite struct DiskFullTests {
    /// A file system of two megabytes for a tablespace: the only honest way to have a full disk.
    private final class SmallDisk: Sendable {
        let path: String

        /// Nil where mounting is not allowed.
        init?(beside cluster: TestCluster) async throws {
            // Not in a temporary folder: the server may not look into those, and needs no path within its own.
            path = "/tmp/lifeos-disk-\(getpid())"
            try Files.makeFolder(path)
            let mounted = try await Program("/bin/mount", ["-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", path])
                .run()
            guard mounted.exit.isSuccess else { return nil }
            _ = try await Program("/bin/chown", ["--reference", cluster.socketFolder, path]).run()
        }

        func unmount() async {
            _ = try? await Program("/bin/umount", ["-l", path]).run()
            _ = try? await Program("/bin/rmdir", [path]).run()
        }
    }

    @Test func aFullDiskFailsTheStatementAndNothingElse() async throws {
        let cluster = try await TestCluster.start()
        guard let disk = try await SmallDisk(beside: cluster) else {
            await cluster.stop()
            try Test.cancel("this process may not mount a small file system")
        }
        let pool = try await pool(on: cluster.conninfo())
        do {
            try await fill(disk.path, pool)
        } catch {
            Issue.record(error)
        }
        await pool.close()
        await cluster.stop()
        await disk.unmount()
    }

    private func fill(_ path: String, _ pool: PostgresPool) async throws {
        try await pool.execute("space", "CREATE TABLESPACE small LOCATION \(unsafeSQL: "'\(path)'")")
        try await pool.execute("create", "CREATE TABLE t (a text) TABLESPACE small")
        try await pool.execute("few", "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 100)")
        let insert = await postgresError {
            try await pool.execute("many", "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 10000)")
        }
        #expect(insert?.code == .diskFull && insert?.isConnectionLost == false)
        let copy = await postgresError {
            try await pool.withConnection { connection in
                try await connection.copyIn("copy", "COPY t FROM STDIN (FORMAT binary)") { writer in
                    for _ in 0..<10_000 { try writer.write(String(repeating: "y", count: 1_000)) }
                }
            }
        }
        #expect(copy?.code == .diskFull && copy?.query == "copy")
        let transaction = await postgresError {
            try await pool.transaction { connection in
                try connection.execute("more", "INSERT INTO t SELECT repeat('z', 1000) FROM generate_series(1, 10000)")
            }
        }
        #expect(transaction?.code == .diskFull)
        let count = try await pool.query("count", "SELECT count(*) FROM t").only(Int.self)
        #expect(count == 100)
        #expect(pool.connectionCounts == (1, 0))
    }

    @Test func aLimitOnTemporaryFilesIsToldAsSuch() async throws {
        try await withPool({ $0.connection.settings["temp_file_limit"] = "1MB" }) { pool in
            let error = await postgresError {
                try await pool.query(
                    "sort", "SELECT count(*) FROM (SELECT random() r FROM generate_series(1, 500000) ORDER BY 1) s")
            }
            #expect(error?.code == .configurationLimitExceeded && error?.isConnectionLost == false)
        }
    }
}
