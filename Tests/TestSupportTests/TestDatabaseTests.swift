import Synchronization
import System
import TestSupport
import Testing

@Suite struct TestDatabaseTests {
    private func query(_ conninfo: String, _ sql: String) async throws -> Program.Result {
        try await Program("/usr/bin/psql", ["-X", "-At", "-d", conninfo, "-c", sql]).run()
    }

    @Test func twoDatabasesShareNothing() async throws {
        let one = try await TestDatabase.make()
        let two = try await TestDatabase.make()
        #expect(one.name != two.name)
        #expect(try await query(one.conninfo, "create table only_in_one (n int)").exit.isSuccess)
        #expect(try await query(two.conninfo, "select to_regclass('only_in_one') is null").outputText == "t\n")
    }

    @Test func aDroppedDatabaseIsGone() async throws {
        let database = try await TestDatabase.make()
        await database.drop()
        #expect(try await query(database.conninfo, "select 1").errorText.contains("does not exist"))
    }

    @Test func aDatabaseIsDroppedWithItsValue() async throws {
        let conninfo = try await TestDatabase.make().conninfo
        try await eventually { try await !query(conninfo, "select 1").exit.isSuccess }
    }

    @Test func aTemplateIsPreparedOnceAndCopied() async throws {
        let counted = Counted()
        let template = TestDatabase.Template("prepared") { conninfo in
            counted.count.wrappingAdd(1, ordering: .relaxed)
            _ = try await query(conninfo, "create table made (n int); insert into made values (7)")
        }
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    try await TestDatabase.with(template: template) { database in
                        let answer = try await query(database.conninfo, "select n from made")
                        #expect(answer.outputText == "7\n")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counted.count.load(ordering: .relaxed) == 1)
    }

    private final class Counted: Sendable {
        let count = Atomic<Int>(0)
    }

    @Test func aCrashedClusterComesBackWithWhatWasCommitted() async throws {
        let cluster = try await TestCluster.start(durable: true)
        let database = try await TestDatabase.make(in: cluster)
        _ = try await query(database.conninfo, "create table kept (n int); insert into kept values (1)")
        try await cluster.crash()
        #expect(try await query(database.conninfo, "select n from kept").outputText == "1\n")
        await cluster.stop()
        #expect(await cluster.processID == nil)
    }
}
