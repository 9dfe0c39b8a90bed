import Testing

@testable import Migrations

@Suite struct MigrationPlanTests {
    let first = Migration(number: 1, name: "people", sql: "CREATE TABLE people (name text)")
    let second = Migration(number: 2, name: "ages", sql: "ALTER TABLE people ADD COLUMN age int")

    func applied(_ migration: Migration) -> MigrationPlan.Applied {
        MigrationPlan.Applied(number: migration.number, name: migration.name, checksum: migration.checksum)
    }

    @Test func anEmptyDatabaseGetsEverythingInOrder() throws {
        #expect(try MigrationPlan(applied: [], wanted: [first, second]).pending == [first, second])
    }

    @Test func onlyWhatIsMissingRuns() throws {
        #expect(try MigrationPlan(applied: [applied(first)], wanted: [first, second]).pending == [second])
        #expect(try MigrationPlan(applied: [applied(first), applied(second)], wanted: [first, second]).pending == [])
    }

    @Test func aNewerDatabaseIsRefused() {
        let error = #expect(throws: MigrationError.self) {
            try MigrationPlan(applied: [applied(first), applied(second)], wanted: [first])
        }
        #expect(error?.code == .databaseIsNewer)
    }

    @Test func anEditedFileIsRefused() {
        let edited = Migration(number: 1, name: "people", sql: first.sql + " ")
        let error = #expect(throws: MigrationError.self) {
            try MigrationPlan(applied: [applied(first)], wanted: [edited, second])
        }
        #expect(error?.code == .edited)
    }
}
