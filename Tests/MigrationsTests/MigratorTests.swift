import Postgres
import System
import Telemetry
import TestSupport
import Testing

@testable import Migrations

@Suite struct MigratorTests {
    let people = Migration(
        number: 1, name: "people", sql: "-- People.\nCREATE TABLE people (name text); CREATE INDEX ON people (name);")
    let ages = Migration(number: 2, name: "ages", sql: "-- Ages.\nALTER TABLE people ADD COLUMN age int;")
    let broken = Migration(number: 2, name: "broken", sql: "CREATE TABLE half (a int); SELECT 1/0;")

    func pool(_ database: TestDatabase) async throws -> PostgresPool {
        try await PostgresPool(configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
    }

    @Test func whatIsPendingRunsOnceAndInOrder() async throws {
        try await TestDatabase.with { database in
            let pool = try await pool(database)
            let migrator = Migrator([people, ages], logger: .silent)
            #expect(try await migrator.pending(in: pool) == [people, ages])
            #expect(try await migrator.run(in: pool) == [people, ages])
            #expect(try await migrator.run(in: pool) == [])
            let rows = try await pool.query("columns", "SELECT age FROM people")
            #expect(rows.columnCount == 1)
            await pool.close()
        }
    }

    @Test func aMigrationThatFailsLeavesNothingAndCanBeMended() async throws {
        try await TestDatabase.with { database in
            let pool = try await pool(database)
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator([people, broken], logger: .silent).run(in: pool)
            }
            #expect(error?.code == .failed)
            #expect(error?.description.contains("0002-broken") == true)
            let row = try #require(try await pool.query("half", "SELECT to_regclass('half') IS NULL").first)
            #expect(try row.decode(Bool.self))
            #expect(try await Migrator([people, ages], logger: .silent).run(in: pool) == [ages])
            await pool.close()
        }
    }

    @Test func manyNodesThatStartAtOnceRunItOnce() async throws {
        try await TestDatabase.with { database in
            let pool = try await pool(database)
            let ran = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await Migrator([people, ages], logger: .silent).run(in: pool).count }
                }
                return try await group.reduce(0, +)
            }
            #expect(ran == 2)
            await pool.close()
        }
    }

    @Test func aDatabaseFromTheFutureIsRefusedAndUntouched() async throws {
        try await TestDatabase.with { database in
            let pool = try await pool(database)
            try await Migrator([people, ages], logger: .silent).run(in: pool)
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator([people], logger: .silent).run(in: pool)
            }
            #expect(error?.code == .databaseIsNewer)
            await pool.close()
        }
    }

    @Test func theShippedMigrationsRun() async throws {
        let root = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))
        let shipped = try Migration.load(from: "\(root)/projections/migrations")
        try await TestDatabase.with { database in
            let pool = try await pool(database)
            #expect(try await Migrator(shipped, logger: .silent).run(in: pool).count == shipped.count)
            await pool.close()
        }
    }

    @Test(arguments: [
        ["0001-a.sql", "0003-c.sql"], ["0001-a.sql", "readme.txt"], ["1-a.sql"], ["0001-A.sql"], ["0000-a.sql"],
    ])
    func aFolderOutOfOrderIsRefused(names: [String]) throws {
        let folder = try TemporaryFolder("migrations")
        for name in names { try Files.replace(folder.path(name), with: Array("SELECT 1".utf8)) }
        let error = #expect(throws: MigrationError.self) { try Migration.load(from: folder.path) }
        #expect(error?.code == .badFolder)
    }
}
