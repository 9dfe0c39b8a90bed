import Catalogue
import Entities
import EventLog
import JSON
import Postgres
import Projections
import Synchronization
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

@Suite struct RebuildTests {
    @Test func aRebuildMakesTheSameRows() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(40)
            let before = try await studio.dump()
            #expect(before.values.allSatisfy { !$0.isEmpty })
            let report = try await studio.rebuilder().rebuild()
            #expect(try await studio.dump() == before)
            #expect(try await studio.dump(report.oldSchema) == before)
            #expect(report.rows == before.values.reduce(0) { $0 + $1.count })
            let list = try await studio.set.list(in: studio.pool)
            #expect(list.allSatisfy { !$0.isStale && $0.rows > 0 && $0.builtPosition == report.position })
            let check = try await studio.checker().check()
            #expect(check.isClean)
            #expect(check.position == report.position)
        }
    }

    @Test func rebuiltTablesAreWrittenOn() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            try await scribe.tell(12)
            try await studio.rebuilder().rebuild()
            try await scribe.tell(12, from: 12)
            try await studio.rebuilder().rebuild()
            try await scribe.tell(3, from: 24)
            let check = try await studio.checker().check()
            #expect(check.isClean, "\(check)")
        }
    }

    @Test func onlyTheNamedProjectionIsMadeAnew() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(6)
            let before = try await studio.dump()
            let report = try await studio.rebuilder().rebuild(["words"])
            let old = try await studio.pool.query(
                "old", "SELECT tablename::text FROM pg_tables WHERE schemaname = \(report.oldSchema)"
            ).decode(String.self)
            #expect(old == ["words"])
            #expect(try await studio.dump() == before)
            await #expect(throws: ProjectionError.unknown("wrods", known: try studio.set.files.map(\.name))) {
                try await studio.rebuilder().rebuild(["wrods"])
            }
        }
    }

    @Test func anEmptyLogIsRebuiltToo() async throws {
        try await Studio.with { studio in
            let report = try await studio.rebuilder(small: false).rebuild()
            #expect(report.position == 0 && report.rows == 0)
            let check = try await studio.checker().check()
            #expect(check.isClean)
        }
    }

    @Test func writesGoOnDuringRebuilds() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            try await scribe.tell(20)
            let signal = Signal()
            try await withThrowingTaskGroup { group in
                defer { signal.isOver.store(true, ordering: .relaxed) }
                for writer in 0..<6 {
                    group.addTask {
                        var next = 1_000 * (writer + 1)
                        while !signal.isOver.load(ordering: .relaxed) {
                            try await scribe.tell(4, from: next)
                            next += 4
                        }
                    }
                }
                let rebuilder = try studio.rebuilder()
                var last = 0
                for _ in 0..<3 {
                    let report = try await rebuilder.rebuild()
                    let check = try await studio.checker().check()
                    #expect(check.isClean, "\(check)")
                    #expect(report.position > last, "the writers came no further")
                    last = report.position
                }
                signal.isOver.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
        }
    }

    @Test func readersWithPreparedStatementsGoOn() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(20)
            let signal = Signal()
            let expected = try await studio.dump()["entities"]?.count
            try await withThrowingTaskGroup { group in
                defer { signal.isOver.store(true, ordering: .relaxed) }
                for _ in 0..<3 {
                    group.addTask {
                        try await studio.pool.withConnection { connection in
                            while !signal.isOver.load(ordering: .relaxed) {
                                let count = try connection.query(
                                    "read", "SELECT count(*) FROM live.entities WHERE position > \(Int64(0))"
                                ).only(Int64.self)
                                #expect(Int(count) == expected)
                                signal.reads.add(1, ordering: .relaxed)
                            }
                        }
                    }
                }
                for _ in 0..<4 {
                    try await studio.rebuilder().rebuild()
                    let before = signal.reads.load(ordering: .relaxed)
                    try await eventually { signal.reads.load(ordering: .relaxed) > before + 10 }
                }
                signal.isOver.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
        }
    }

    @Test func theSecondOfTwoRebuildsSaysSo() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(2)
            try await studio.pool.withConnection { connection in
                let number: Int64 = 0x4C49_4645_5245_4255
                try await connection.withAdvisoryLock(number) { _ in
                    await #expect(throws: ProjectionError.busy) { try await studio.rebuilder().rebuild() }
                    await #expect(throws: ProjectionError.busy) { try await studio.checker().check() }
                }
            }
            try await studio.rebuilder().rebuild()
        }
    }

    @Test(arguments: [ProjectionProgress.Phase.reading, .indexing, .exchanging])
    func whatIsKilledCanBeStartedAgain(_ phase: ProjectionProgress.Phase) async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(10)
            let before = try await studio.dump()
            let pool = try await PostgresPool(
                configuration: .init(connection: studio.database.conninfo), metrics: Metrics(), logger: .silent)
            let reached = Gate()
            let rebuilder = try studio.rebuilder(pool)
            let rebuild = Task {
                // Held where it is until its connections are cut off, as those of a killed process are.
                try await rebuilder.rebuild { if $0.phase == phase { reached.hold() } }
            }
            defer { reached.open() }
            try await eventually { reached.isHolding }
            // The connection that holds the advisory lock is among them.
            try await studio.pool.execute(
                "kill",
                """
                SELECT pg_terminate_backend(pid) FROM pg_locks
                WHERE locktype = 'advisory' AND classid = \(Int64(0x4C49_4645)) AND objid = \(Int64(0x5245_4255))
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """)
            reached.open()
            await #expect(throws: (any Error).self) { try await rebuild.value }
            await pool.close()
            #expect(try await studio.dump() == before)
            let old = try await OldSchema.all(in: studio.pool)
            #expect(old.isEmpty)
            try await eventually {
                do {
                    try await studio.rebuilder().rebuild()
                    return true
                } catch ProjectionError.busy {
                    return false
                }
            }
            #expect(try await studio.dump() == before)
        }
    }

    @Test func whatIsStaleIsBroughtUpToDate() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(8)
            let before = try await studio.dump()
            try await studio.pool.execute(
                "age", "UPDATE log.projections SET fingerprint = 'x' || fingerprint WHERE name = 'words'")
            try await studio.pool.execute("lose", "DROP TABLE live.receipts")
            try await studio.pool.execute("lose", "DELETE FROM log.projections WHERE name = 'receipts'")
            await #expect(throws: ProjectionError.stale(["receipts", "words"])) {
                try await studio.checker().check()
            }
            // Made, but not filled: it stays stale until it is.
            let stale = try await studio.set.install(in: studio.pool)
            #expect(stale == ["receipts", "words"])
            let fold = try studio.blueprint.fold
            try await studio.set.bringUpToDate(in: studio.pool, fold: fold, logger: .silent)
            #expect(try await studio.dump() == before)
            let left = try await studio.set.install(in: studio.pool)
            #expect(left.isEmpty)
        }
    }

    /// One event of a type whose file is gone kept every table from being rebuilt, and the server from starting.
    @Test func anEventThatNobodyKnowsIsSkippedByName() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(3)
            let before = try await studio.dump()
            try await studio.pool.execute(
                "forge",
                """
                INSERT INTO log.events SELECT position + 1, recorded_at, gen_random_uuid(), 1, 1, 'dragon', 'dragon.hatched',
                    hash, '{}', '{}' FROM log.head
                """)
            let head = try await studio.pool.query(
                "move", "UPDATE log.head SET position = position + 1 RETURNING position"
            ).only(Int64.self)
            let report = try await studio.rebuilder().rebuild()
            #expect(report.skipped.all.map(\.position) == [Int(head)])
            #expect(report.skipped.all.map(\.type) == ["dragon.hatched"])
            #expect(report.skipped.all.map(\.reason) == [.unknownCategory])
            #expect(try await studio.dump() == before)
            let check = try await studio.checker().check()
            #expect(check.isClean && check.skipped == report.skipped)
        }
    }

    @Test func oldTablesAreKeptUntilTheyAreDropped() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(3)
            let first = try await studio.rebuilder().rebuild()
            let second = try await studio.rebuilder().rebuild()
            let old = try await OldSchema.all(in: studio.pool)
            #expect(old.map(\.name) == [first.oldSchema, second.oldSchema])
            #expect(old.allSatisfy { $0.bytes > 0 })
            let dropped = try await OldSchema.dropAll(in: studio.pool)
            #expect(dropped == old)
            let left = try await OldSchema.all(in: studio.pool)
            #expect(left.isEmpty)
        }
    }
}

/// Holds whoever comes until it is opened.
private final class Gate: Sendable {
    private let state = Monitor((isHolding: false, isOpen: false))

    var isHolding: Bool { state.withLock { $0.isHolding } }

    func hold() {
        state.withLock { $0.isHolding = true }
        state.wait(until: { $0.isOpen }) { _ in }
    }

    func open() { state.withLock { $0.isOpen = true } }
}

private final class Signal: Sendable {
    let isOver = Atomic<Bool>(false)
    let reads = Atomic<Int>(0)
}
