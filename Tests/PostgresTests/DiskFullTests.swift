import Postgres
import TestSupport
import Testing

@Suite struct DiskFullTests {
    @Test func aFullDiskFailsTheStatementAndNothingElse() async throws {
        let cluster = try await TestCluster.start()
        guard let disk = try await SmallDisk("statement", megabytes: 2, beside: cluster) else {
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

    @Test(arguments: [
        ("53100", PostgresError.Trouble.diskFull), ("53200", .exhausted), ("53300", .exhausted), ("53400", .exhausted),
        ("58030", .failing), ("58P01", .failing), ("57P01", .stopping), ("57P03", .stopping), ("57014", nil),
        ("23505", nil), ("pool_timeout", nil), ("58", nil),
    ])
    func whatTheServerIsShortOfIsToldFromWhatAStatementDid(state: String, trouble: PostgresError.Trouble?) {
        #expect(PostgresError(.init(rawValue: state), "").trouble == trouble)
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
