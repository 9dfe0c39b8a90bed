import Postgres
import Testing

@Suite struct SQLTests {
    @Test func valuesBecomeNumberedPlaceholders() {
        let sql: SQL = "SELECT \(1), \("two"), \(Int?.none)"
        #expect(sql.text == "SELECT $1, $2, $3")
        #expect(sql.parameterCount == 3)
    }

    @Test func rawTextHasToSayThatItIsUnsafe() {
        let sql: SQL = "SELECT a FROM t ORDER BY \(unsafeSQL: "a DESC")"
        #expect(sql.text == "SELECT a FROM t ORDER BY a DESC")
    }

    @Test func namesAreQuoted() {
        let sql: SQL = "SELECT * FROM \(identifier: "strange \"name\"; DROP TABLE t")"
        #expect(sql.text == #"SELECT * FROM "strange ""name""; DROP TABLE t""#)
    }

    @Test func onePartIsPutIntoAnotherWithItsParametersRenumbered() async throws {
        let inner: SQL = "a > \(1) AND b = \("x$1")"
        let sql: SQL = "SELECT \(7), x FROM (SELECT 5 AS a, 'x$1' AS b, 'yes' AS x) q WHERE \(inner) AND a < \(9)"
        #expect(sql.text.hasSuffix("WHERE a > $2 AND b = $3 AND a < $4"))
        try await withPool { pool in
            let found = try await pool.query("nested", sql).only(Int.self, String.self)
            #expect(found == (7, "yes"))
        }
    }

    @Test func manyPartsAreJoined() {
        let parts: [SQL] = ["a = \(1)", "b IS NULL", "c = \(3)"]
        let sql = parts.joined(by: " AND ")
        #expect(sql.text == "a = $1 AND b IS NULL AND c = $2")
        #expect(sql.parameterCount == 2)
        #expect([SQL]().joined(by: ", ").text == "")
    }
}
