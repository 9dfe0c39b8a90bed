import Postgres
import TestSupport
import Testing

@Suite struct QueryTests {
    @Test func interpolatedValuesArriveAsParameters() async throws {
        try await withPool { pool in
            let name = "Robert'); DROP TABLE people;--"
            let rows = try await pool.query("echo", "SELECT \(name) AS name, \(42) AS age")
            #expect(try rows.only(String.self, Int.self) == (name, 42))
            #expect(rows.columnName(0) == "name" && rows.column("age") == 1)
        }
    }

    @Test func aStatementIsPreparedOnceAndUsedAgain() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                for number in 1...20 {
                    let rows = try connection.query("double", "SELECT \(number) * 2")
                    #expect(try rows.only(Int.self) == number * 2)
                }
                let prepared = try connection.query(
                    "prepared", "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1 * 2'")
                #expect(try prepared.only(Int.self) == 1)
            }
        }
    }

    @Test func theStatementCacheStaysWithinItsLimit() async throws {
        try await withPool({ $0.connection.preparedStatementsMax = 3 }) { pool in
            try await pool.withConnection { connection in
                for number in 1...10 {
                    _ = try connection.query("many", "SELECT 1 AS \(unsafeSQL: "c\(number)")")
                }
                let prepared = try connection.query("prepared", "SELECT count(*) FROM pg_prepared_statements")
                #expect(try prepared.only(Int.self) <= 3)
            }
        }
    }

    @Test func theSameTextWithOtherTypesIsPreparedAnew() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                func echo<Value: PostgresValue>(_ value: Value, _ connection: isolated Connection) throws -> Value {
                    try connection.query("echo", "SELECT \(value)").only(Value.self)
                }
                let answers = try (echo(7, connection), echo("seven", connection), echo(8, connection))
                #expect(answers == (7, "seven", 8))
            }
        }
    }

    @Test func aTableThatChangedIsReadAnew() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try connection.runScript("setup", unsafeSQL: "CREATE TABLE t (a int); INSERT INTO t VALUES (1);")
                #expect(try connection.query("read", "SELECT * FROM t").columnCount == 1)
                try connection.runScript("change", unsafeSQL: "ALTER TABLE t ADD b int DEFAULT 2")
                #expect(try connection.query("read", "SELECT * FROM t").only(Int.self, Int.self) == (1, 2))
            }
        }
    }

    @Test func discardedStatementsArePreparedAgain() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                _ = try connection.query("one", "SELECT 1")
                try connection.runScript("discard", unsafeSQL: "DISCARD ALL")
                #expect(try connection.query("one", "SELECT 1").only(Int.self) == 1)
            }
        }
    }

    @Test func executeCountsTheRowsItChanged() async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (a int)")
            #expect(try await pool.execute("insert", "INSERT INTO t SELECT generate_series(1, 7)") == 7)
            #expect(try await pool.execute("delete", "DELETE FROM t WHERE a > \(5)") == 2)
        }
    }

    @Test func anErrorNamesTheQueryTheStateTheDetailAndTheConstraint() async throws {
        try await withPool { pool in
            try await pool.execute("create", "CREATE TABLE t (a int PRIMARY KEY)")
            try await pool.execute("first", "INSERT INTO t VALUES (1)")
            let error = await postgresError { try await pool.execute("second", "INSERT INTO t VALUES (1)") }
            #expect(error?.code == .uniqueViolation)
            #expect(error?.query == "second")
            #expect(error?.detail == "Key (a)=(1) already exists.")
            #expect(error?.constraint == "t_pkey" && error?.table == "t")
            #expect(error?.isConnectionLost == false && error?.isOutcomeUnknown == false)
            #expect(error?.description.contains("second") == true)
        }
    }

    @Test func anErrorCarriesTheServersHint() async throws {
        try await withPool { pool in
            let error = await postgresError { try await pool.query("typo", "SELECT lenght('abc')") }
            #expect(error?.code.rawValue == "42883")
            #expect(error?.hint?.contains("No function matches") == true)
        }
    }

    @Test func aFailedStatementLeavesTheConnectionUsable() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let before = connection.processID
                #expect(throws: PostgresError.self) { try connection.query("wrong", "SELEC 1") }
                #expect(throws: PostgresError.self) { try connection.query("zero", "SELECT 1 / \(0)") }
                let after = try connection.query("right", "SELECT 1")
                #expect(try after.only(Int.self) == 1)
                #expect(connection.processID == before)
            }
        }
    }

    @Test func aZeroByteInTheTextIsRefusedNotCutOff() async throws {
        try await withPool { pool in
            let error = await postgresError { try await pool.query("cut", SQL(unsafeSQL: "SELECT 1\0 / 0")) }
            #expect(error?.code == .usage)
        }
    }

    @Test func tooManyParametersAreRefusedWithAWayOut() async throws {
        try await withPool { pool in
            let one: SQL = "\(Int16(1))"
            let many: SQL = "SELECT \(repeatElement(one, count: SQL.parametersMax + 1).joined(by: ", "))"
            let error = await postgresError { try await pool.query("many", many) }
            #expect(error?.code == .usage)
            #expect(error?.hint?.contains("unnest") == true)
        }
    }

    @Test func aCopyGivenToQueryIsRefusedAndItsConnectionReplaced() async throws {
        try await withPool { pool in
            let error = await postgresError { try await pool.query("copy", "COPY (SELECT 1) TO STDOUT") }
            #expect(error?.code == .usage)
            let after = try await pool.query("after", "SELECT 1")
            #expect(try after.only(Int.self) == 1)
        }
    }

    @Test func aScriptRunsAllItsStatementsOrNone() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                #expect(throws: PostgresError.self) {
                    try connection.runScript("broken", unsafeSQL: "CREATE TABLE a (b int); SELECT 1/0;")
                }
                let found = try connection.query("look", "SELECT to_regclass('a') IS NULL")
                #expect(try found.only(Bool.self))
                try connection.runScript("whole", unsafeSQL: "CREATE TABLE a (b int); INSERT INTO a VALUES (1), (2);")
                #expect(try connection.query("count", "SELECT count(*) FROM a").only(Int.self) == 2)
            }
        }
    }

    @Test func wrongTypesAndNullsAreToldByColumnNotGuessed() async throws {
        try await withPool { pool in
            let rows = try await pool.query("mixed", "SELECT 1 AS one, NULL::text AS nothing, 1.5::numeric AS exact")
            let row = try #require(rows.first)
            #expect(throws: PostgresError.self) { try row.value("nothing", as: String.self) }
            #expect(try row.value("nothing", as: String?.self) == nil)
            #expect(throws: PostgresError.self) { try row.value("exact", as: Double.self) }
            #expect(throws: PostgresError.self) { try row.value("missing", as: Int.self) }
            #expect(throws: PostgresError.self) { try row.value(3, as: Int.self) }
            #expect(throws: PostgresError.self) { try row.decode(Int.self) }
            let error = await postgresError { try row.value(0, as: String.self) }
            #expect(error?.code == .decoding && error?.message.contains("(one)") == true)
        }
    }

    @Test func aNumberThatDoesNotFitIsRefusedNotCut() async throws {
        try await withPool { pool in
            let rows = try await pool.query("large", "SELECT 3000000000::bigint")
            #expect(throws: PostgresError.self) { try rows.only(Int32.self) }
            #expect(try rows.only(Int.self) == 3_000_000_000)
        }
    }

    @Test func emptyTextIsNotNull() async throws {
        try await withPool { pool in
            let rows = try await pool.query(
                "empty", "SELECT \("") IS NULL, \([UInt8]()) IS NULL, \(String?.none) IS NULL")
            #expect(try rows.only(Bool.self, Bool.self, Bool.self) == (false, false, true))
        }
    }
}
