import Migrations
import Postgres
import System
import Telemetry
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogIdentityTests {
    @Test func aMarkedNumberIsReadByItsOwnLogOnly() {
        var random = SeededRandom.forTest()
        func log(_ predecessor: LogPredecessor? = nil) -> LogIdentity {
            LogIdentity(
                id: LogID(UUID(high: .random(in: 0 ... .max, using: &random), low: 0)), predecessor: predecessor)
        }
        for _ in 0..<Effort.rounds(500) {
            let (one, other) = (log(), log(LogPredecessor(log: nil, position: 3)))
            let number = Int.random(in: 0...1_000_000, using: &random)
            let text = one.marked(number)
            #expect(one.number(marked: text) == number)
            #expect(other.number(marked: text) == nil)
            #expect(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
            #expect(text.utf8.count == String(number).utf8.count + 9)
        }
    }

    /// From the time before logs had ids; and people say a version without more.
    @Test func aBareNumberIsTakenWhereThereWasNoOtherLog() {
        let id = LogID(UUID(high: 1, low: 2))
        #expect(LogIdentity(id: id).number(marked: "7") == 7)
        #expect(LogIdentity(id: id, predecessor: .init(log: nil, position: 0)).number(marked: "7") == nil)
        for text in ["", "-", "x", "+7", "07", "-7", "7 ", "7-", "7-x", "\(id.mark)", "7\(id.mark)", "7-\(id.mark)-"] {
            #expect(LogIdentity(id: id).number(marked: text) == nil, "\(text)")
        }
    }

    private static let shipped = Result {
        let root = String(#filePath.split(separator: "/Tests/")[0])
        return try Migration.load(from: "\(root)/projections/migrations")
    }

    @Test func logsThatWereThereBeforeGetAnIDAndForksAPredecessor() async throws {
        let migrations = try Self.shipped.get()
        let before = try #require(migrations.firstIndex { $0.name == "log-id" })
        for isFork in [false, true] {
            try await TestDatabase.with { database in
                let pool = try await LogFixture.makePool(database.conninfo, "migrator")
                try await Migrator(Array(migrations[..<before]), logger: .silent).run(in: pool)
                let log = LogFixture(conninfo: database.conninfo, pool: pool)
                try await log.fill(5)
                if isFork {
                    try await pool.execute(
                        "fork",
                        "INSERT INTO fork VALUES ('f', gen_random_uuid(), 3, '\\x00', now(), NULL)")
                }
                try await Migrator(migrations, logger: .silent).run(in: pool)
                let (identity, isEmpty) = try await log.reader.identity()
                #expect(identity.predecessor == (isFork ? LogPredecessor(log: nil, position: 3) : nil))
                #expect(!isEmpty && identity.id != LogID(UUID(high: 0, low: 0)))
                #expect(try await log.reader.identity().identity == identity)
                #expect(try await log.reader.head().position == 5)
                await pool.close()
            }
        }
    }

    /// For a database that PostgreSQL itself brought back to an earlier moment.
    @Test func aLogCanBeToldThatItGoesAnotherWay() async throws {
        try await LogFixture.with { log in
            try await log.fill(4)
            let former = try await log.reader.identity().identity.id
            let given = try await log.pool.query("part", "SELECT log.continue_as_another()").only(UUID.self)
            let identity = try await log.reader.identity().identity
            #expect(identity == LogIdentity(id: LogID(given), predecessor: LogPredecessor(log: former, position: 4)))
            #expect(identity.id != former)
        }
    }

    @Test func whoIsToldOnceIsNotToldAgainUnlessTheLogWasEmpty() async throws {
        try await LogFixture.with { log in
            let reader = LogIdentityReader(log.reader)
            let first = try await reader.identity()
            try await log.pool.execute("continue", LogStatements.continue(LogPredecessor(log: first.id, position: 1)))
            // A restore came in between.
            #expect(try await reader.identity().predecessor == LogPredecessor(log: first.id, position: 1))
            // Nobody is sent away because the database is, where it was asked before.
            let other = try await LogFixture.makePool(log.conninfo, "lost")
            let lost = LogIdentityReader(pool: other)
            let empty = try await lost.identity()
            await other.close()
            #expect(try await lost.identity() == empty)

            try await log.fill(1)
            let full = try await reader.identity()
            try await log.pool.execute("anew", LogStatements.beginAnew)
            #expect(try await reader.identity() == full)
            #expect(try await LogIdentityReader(log.reader).identity() != full)
        }
    }
}
