import Postgres
import TestSupport
import Testing

@Suite struct BatchTests {
    @Test func answersComeInTheOrderOfTheStatements() async throws {
        try await withPool { pool in
            var batch = Batch("mixed")
            batch.add("create", "CREATE TEMPORARY TABLE t (a int, b text)")
            for number in 1...100 { batch.add("insert", "INSERT INTO t VALUES (\(Int32(number)), \("n\(number)"))") }
            batch.add("count", "SELECT count(*), sum(a)::bigint FROM t")
            batch.add("nothing", "")
            let answers = try await pool.run(batch)
            #expect(answers.count == 103)
            #expect(answers[1...100].allSatisfy { $0.affected == 1 })
            let (count, sum) = try answers[101].only(Int.self, Int.self)
            #expect((count, sum) == (100, 5_050))
        }
    }

    /// Prepared only after the table exists: preparing is part of the batch, in its order.
    @Test func statementsPreparedInABatchServeLaterOnes() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                for turn in 0..<3 {
                    var batch = Batch("turn")
                    for number in 0..<5 { batch.add("add", "SELECT \(number) + \(turn)") }
                    let sums = try connection.run(batch).map { try $0.only(Int.self) }
                    #expect(sums == (0..<5).map { $0 + turn })
                }
                let prepared = try connection.query(
                    "prepared", "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1 + $2'")
                #expect(try prepared.only(Int.self) == 1)
            }
        }
    }

    @Test func theFirstFailureUndoesTheBatchAndIsNamed() async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (a int PRIMARY KEY)")
            var batch = Batch("doubled")
            for number in [1, 2, 2, 3] as [Int32] {
                batch.add(number == 2 ? "second" : "other", "INSERT INTO t VALUES (\(number))")
            }
            let broken = batch
            let error = await postgresError { try await pool.run(broken) }
            #expect(error?.code == .uniqueViolation && error?.query == "second")
            let count = try await pool.query("count", "SELECT count(*) FROM t").only(Int.self)
            #expect(count == 0)
            #expect(pool.connectionCounts == (1, 0))
        }
    }

    @Test func aStatementThatCannotBePreparedFailsTheBatchOnly() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                var batch = Batch("typo")
                batch.add("fine", "SELECT 1")
                batch.add("typo", "SELEC 2")
                batch.add("later", "SELECT 3")
                let broken = batch
                let error = await postgresError { try connection.run(broken) }
                #expect(error?.code == .syntaxError && error?.query == "typo")
                let after = try connection.query("later", "SELECT 3").only(Int.self)
                #expect(after == 3)
            }
        }
    }

    @Test func aBatchWithItsOwnTransactionTakesOneRoundTrip() async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (a bigint)")
            var batch = Batch("append")
            batch.add("begin", "BEGIN")
            batch.add("insert", "INSERT INTO t SELECT * FROM unnest(\(Array(1...10_000)))")
            batch.add("commit", "COMMIT")
            let answers = try await pool.run(batch)
            #expect(answers[1].affected == 10_000)
            let count = try await pool.query("count", "SELECT count(*) FROM t").only(Int.self)
            #expect(count == 10_000)
        }
    }

    /// The story: a statement that made room for others was dropped after the batch had been committed. That failed, and the
    /// batch was taken for failed, and made again.
    @Test func aCommittedBatchIsNotFailedByWhatIsTidiedAfterIt() async throws {
        try await withPool({ $0.connection.preparedStatementsMax = 2 }) { pool in
            try await pool.execute("create", "CREATE TABLE t (a int)")
            try await pool.withConnection { connection in
                _ = try connection.query("old", "SELECT 'old'")
                let old = try connection.query(
                    "name", "SELECT name FROM pg_prepared_statements WHERE statement = \("SELECT 'old'")"
                ).only(String.self)
                var batch = Batch("append")
                batch.add("begin", "BEGIN")
                batch.add("insert", "INSERT INTO t VALUES (1)")
                // So that dropping it once more is refused.
                batch.add("drop", SQL(unsafeSQL: "DEALLOCATE \(old)"))
                batch.add("commit", "COMMIT")
                try connection.run(batch)
                let count = try connection.query("count", "SELECT count(*) FROM t").only(Int.self)
                #expect(count == 1)
            }
        }
    }

    /// The story: the columns of a table changed, or someone discarded what was prepared. Queries recovered from that;
    /// batches failed with it for ever after.
    @Test(arguments: ["ALTER TABLE t ADD COLUMN b int", "DEALLOCATE ALL"])
    func aBatchRecoversFromStatementsThatWentStale(change: String) async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (a int)")
            try await pool.withConnection { connection in
                var batch = Batch("read")
                for _ in 0..<2 { batch.add("all", "SELECT * FROM t") }
                batch.add("one", "SELECT t.* FROM t")
                try connection.run(batch)
                try connection.runScript("change", unsafeSQL: change)
                let stale = batch
                let error = await postgresError { try connection.run(stale) }
                #expect(error?.isStatementStale == true && error?.isWorthRetrying == true)
                let answers = try connection.run(batch)
                #expect(answers.count == 3)
            }
        }
    }

    /// Both sides fill their buffers: who only sends or only reads would wait for ever.
    @Test func largeStatementsAndLargeAnswersDoNotBlockEachOther() async throws {
        try await withPool { pool in
            let large = String(repeating: "x", count: 300_000)
            var batch = Batch("large")
            for _ in 0..<60 { batch.add("echo", "SELECT \(large)") }
            let answers = try await pool.run(batch)
            let lengths = try answers.map { try $0.only(String.self).utf8.count }
            #expect(lengths == Array(repeating: 300_000, count: 60))
        }
    }

    @Test func batchesHaveALimit() async throws {
        try await withPool({ $0.connection.batchStatementsMax = 2 }) { pool in
            var batch = Batch("long")
            for _ in 0..<3 { batch.add("one", "SELECT 1") }
            let long = batch
            let error = await postgresError { try await pool.run(long) }
            #expect(error?.code == .usage)
        }
    }

    @Test func aCopyInABatchIsRefused() async throws {
        try await withPool { pool in
            var batch = Batch("copy")
            batch.add("copy", "COPY (SELECT 1) TO STDOUT")
            let wrong = batch
            let error = await postgresError { try await pool.run(wrong) }
            #expect(error != nil)
            let after = try await pool.query("after", "SELECT 1").only(Int.self)
            #expect(after == 1)
        }
    }
}
