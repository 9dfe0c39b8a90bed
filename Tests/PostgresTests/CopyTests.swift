import Postgres
import Synchronization
import System
import TestSupport
import Testing

@Suite struct CopyTests {
    private struct Refused: Error {}

    private static let into: SQL = "COPY t (id, name, at) FROM STDIN (FORMAT binary)"
    private static let out: SQL = "COPY (SELECT id, name, at FROM t ORDER BY id) TO STDOUT (FORMAT binary)"

    private func fill(_ pool: PostgresPool, _ count: Int) async throws {
        try await pool.execute("create", "CREATE TABLE t (id bigint, name text, at timestamptz)")
        let copied = try await pool.withConnection { connection in
            try await connection.copyIn("fill", Self.into) { writer in
                for id in 0..<count {
                    try writer.write(
                        id, id % 3 == 0 ? nil : "name \(id)", Timestamp(microsecondsSinceEpoch: Int64(id)))
                }
            }
        }
        #expect(copied == count)
    }

    @Test func rowsComeBackAsTheyWent() async throws {
        try await withPool { pool in
            try await fill(pool, 30_000)
            try await pool.withConnection { connection in
                var next = 0
                let count = try connection.copyOut("read", Self.out) { batch in
                    for row in batch {
                        let (id, name, at) = try row.decode(Int.self, String?.self, Timestamp.self)
                        guard id == next, name == (id % 3 == 0 ? nil : "name \(id)"), at.microsecondsSinceEpoch == id
                        else { throw Refused() }
                        next += 1
                    }
                }
                #expect(count == 30_000 && next == 30_000)
            }
        }
    }

    @Test func anAsynchronousSequenceFillsATable() async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (id bigint, name text, at timestamptz)")
            let numbers = AsyncStream { continuation in
                for number in 0..<1_000 { continuation.yield(number) }
                continuation.finish()
            }
            let count = try await pool.withConnection { connection in
                try await connection.copyIn("fill", Self.into) { writer in
                    for await number in numbers { try writer.write(number, "", Timestamp?.none) }
                }
            }
            #expect(count == 1_000)
        }
    }

    @Test func aSlowReaderHoldsTheServerBack() async throws {
        try await withPool { pool in
            var rows = 0
            var isFirst = true
            let stream = pool.copyOut("many", "COPY (SELECT generate_series(1, 2000000)) TO STDOUT (FORMAT binary)")
            for try await batch in stream {
                rows += batch.count
                if isFirst {
                    isFirst = false
                    // The buffers are full, and the server waits for us to read.
                    try await eventually(within: .seconds(10), "the server is held back") {
                        let waiting = try await pool.query(
                            "waits",
                            """
                            SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite'
                                AND application_name = current_setting('application_name')
                            """)
                        return try waiting.only(Int.self) == 1
                    }
                }
            }
            #expect(rows == 2_000_000)
        }
    }

    @Test func lettingGoOfAStreamEndsItsCopyAndFreesTheConnection() async throws {
        try await withPool { pool in
            do {
                for try await batch in pool.copyOut(
                    "endless", "COPY (SELECT generate_series(1, 100000000)) TO STDOUT (FORMAT binary)")
                {
                    #expect(batch.count > 0)
                    break
                }
            }
            try await eventually { pool.connectionCounts.lent == 0 }
            let after = try await pool.query("after", "SELECT 1").only(Int.self)
            #expect(after == 1)
        }
    }

    @Test func cancellingTheReaderEndsTheCopy() async throws {
        try await withPool { pool in
            let task = Task {
                var batches = 0
                for try await _ in pool.copyOut("nap", "COPY (SELECT pg_sleep(60)) TO STDOUT (FORMAT binary)") {
                    batches += 1
                }
                return batches
            }
            _ = try await pool.whoRuns("pg_sleep(60)")
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
        }
    }

    @Test func aReaderThatThrowsEndsTheCopyAndKeepsTheConnection() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let before = connection.processID
                #expect(throws: Refused.self) {
                    try connection.copyOut(
                        "endless", "COPY (SELECT generate_series(1, 100000000)) TO STDOUT (FORMAT binary)"
                    ) { _ in throw Refused() }
                }
                let after = try connection.query("after", "SELECT 1").only(Int.self)
                #expect(after == 1 && connection.processID == before)
            }
        }
    }

    @Test func aWriterThatThrowsStoresNothingAndKeepsTheConnection() async throws {
        try await withPool { pool in
            try await fill(pool, 0)
            try await pool.withConnection { connection in
                await #expect(throws: Refused.self) {
                    try await connection.copyIn("half", Self.into) { writer in
                        for id in 0..<10_000 { try writer.write(id, "x", Timestamp?.none) }
                        throw Refused()
                    }
                }
                let count = try connection.query("count", "SELECT count(*) FROM t").only(Int.self)
                #expect(count == 0)
            }
        }
    }

    @Test func valuesOfTheWrongTypeAreRefusedByTheServer() async throws {
        try await withPool { pool in
            try await fill(pool, 0)
            let error = await postgresError {
                try await pool.withConnection { connection in
                    try await connection.copyIn("wrong", Self.into) { try $0.write(Int16(1), "x", Timestamp?.none) }
                }
            }
            #expect(error?.code.rawValue == "08P01" && error?.query == "wrong")
            let after = try await pool.query("after", "SELECT 1").only(Int.self)
            #expect(after == 1)
        }
    }

    /// The story: the server refused the rows at their end, and was then told to give up a COPY that was over by then,
    /// which libpq takes for a mistake, and so a healthy connection was closed.
    @Test func aCopyThatTheServerRefusesKeepsTheConnection() async throws {
        try await withPool { pool in
            try await fill(pool, 0)
            try await pool.execute("key", "ALTER TABLE t ADD PRIMARY KEY (id)")
            try await pool.withConnection { connection in
                let before = connection.processID
                for rows in [2, 20_000] {
                    let error = await postgresError {
                        try await connection.copyIn("doubled", Self.into) { writer in
                            for _ in 0..<rows { try writer.write(7, "x", Timestamp?.none) }
                        }
                    }
                    #expect(error?.code == .uniqueViolation && error?.isConnectionLost == false)
                    let count = try connection.query("count", "SELECT count(*) FROM t").only(Int.self)
                    #expect(count == 0 && connection.processID == before)
                }
            }
        }
    }

    @Test(arguments: [
        "COPY (SELECT 1) TO STDOUT", "SELECT 1", "COPY t FROM STDIN (FORMAT binary)", "COPY missing TO STDOUT", "",
    ])
    func whatIsNoBinaryCopyOutIsRefused(text: String) async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (id int)")
            let error = await postgresError {
                try await pool.withConnection { connection in
                    try connection.copyOut("wrong", SQL(unsafeSQL: text)) { _ in }
                }
            }
            #expect(error?.code == .usage || error?.code == .undefinedTable)
            let after = try await pool.query("after", "SELECT 1").only(Int.self)
            #expect(after == 1)
        }
    }

    @Test func anotherStatementDuringACopyIsRefusedAndTheCopyGoesOn() async throws {
        try await withPool { pool in
            try await fill(pool, 0)
            let count = try await pool.withConnection { connection in
                try await connection.copyIn("outer", Self.into) { writer in
                    try writer.write(1, "one", Timestamp?.none)
                    let error = await postgresError { try connection.query("inner", "SELECT 1") }
                    #expect(error?.code == .usage)
                    try writer.write(2, "two", Timestamp?.none)
                }
            }
            #expect(count == 2)
        }
    }
}
