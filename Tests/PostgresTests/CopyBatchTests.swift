import Postgres
import TestSupport
import Testing

/// Rows that are handed on without being looked at.
@Suite struct CopyBatchTests {
    private static let out: SQL =
        "COPY (SELECT n, repeat('x', n), NULL::int FROM generate_series(1, 50) AS n) TO STDOUT (FORMAT binary)"

    private func bytes(_ pool: PostgresPool) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await batch in pool.copyOut("rows", Self.out) { bytes += batch.bytes }
        return bytes
    }

    @Test func rowsGoFromOneTableIntoAnother() async throws {
        try await withPool { pool in
            let batch = try CopyBatch(checking: try await bytes(pool))
            #expect(batch.count == 50)
            try await pool.execute("create", "CREATE TABLE t (n int, x text, nothing int)")
            for rows in [0, 1, 31, 50, 70] {
                let (first, second) = batch.split(after: rows)
                #expect(first.count == min(rows, 50) && first.count + second.count == 50)
                #expect(first.bytes + second.bytes == batch.bytes)
                let count = try await pool.withConnection { connection in
                    try await connection.copyIn("in", "COPY t FROM STDIN (FORMAT binary)") { writer in
                        try writer.write(second)
                        try writer.write(first)
                    }
                }
                #expect(count == 50)
            }
            let sums = try await pool.query("sum", "SELECT count(*), sum(n), sum(length(x)) FROM t")
                .only(Int.self, Int.self, Int.self)
            #expect(sums == (250, 5 * 1_275, 5 * 1_275))
        }
    }

    @Test func bytesThatAreNoRowsAreRefused() async throws {
        try await withPool { pool in
            let whole = try await bytes(pool)
            for length in 1..<whole.count where length % 7 == 0 {
                // What is cut between two rows is only shorter.
                guard let batch = try? CopyBatch(checking: Array(whole[..<length])) else { continue }
                #expect(batch.count < 50)
                #expect(whole[length...].starts(with: [0, 3]))
            }
            #expect(throws: PostgresError.self) { try CopyBatch(checking: [0xFF, 0xFF]) }
            #expect(throws: PostgresError.self) { try CopyBatch(checking: whole + [0]) }
        }
    }

    @Test(arguments: [
        "host=/run/x dbname='it''s' user=me password='p w\\''",
        "postgresql://me:secret@localhost:5433/here?sslmode=disable",
    ])
    func anotherDatabaseOfTheSameServerIsFoundInTheSameWay(words: String) throws {
        let words = words.replacing("it''s", with: "its")
        let there = try ConnectionConfiguration(connection: words).inDatabase("it's \\ there")
        let again = try there.inDatabase("here")
        #expect(there.connection.contains(#"dbname='it\'s \\ there'"#))
        #expect(try again.inDatabase("it's \\ there").connection == there.connection)
        #expect(there.connection.contains("user='me'") && there.connection.contains("password="))
        try there.validate()
    }
}
