import Entities
import EventLog
import JSON
import Postgres
import Projections
import Recovery
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// One after the other: each wants connections to several databases.
@Suite(.serialized) struct ForkTests {
    private func forks(_ studio: Studio, _ pool: PostgresPool? = nil) throws -> Forks {
        let root = Studio.root
        return Forks(
            pool: pool ?? studio.pool,
            blueprint: try Blueprint(projections: "\(root)/projections", events: ["\(root)/events"]), logger: .silent)
    }

    private func fold(_ studio: Studio) throws -> ProjectionFold { try studio.blueprint.fold }

    private func events(_ pool: PostgresPool) async throws -> [Event] {
        try await EventReader(pool: pool).events(limit: 1_000_000)
    }

    @Test func aForkIsTheSystemAsItWas() async throws {
        var random = SeededRandom.forTest()
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(20)
            let ends = try Shelf.commandEnds(try await events(studio.pool))
            let positions = [
                0, ends[1], ends[Int.random(in: 2..<ends.count - 1, using: &random)], ends[ends.count - 1],
            ]
            let forks = try forks(studio)
            for (number, position) in positions.enumerated() {
                let told = Lock<[FillingProgress]>([])
                let fork = try await forks.make(name: "point-\(number)", at: position, reason: "a test") { progress in
                    told.withLock { $0.append(progress) }
                }
                #expect(fork.state == .whole && fork.origin?.position == position && fork.origin?.reason == "a test")
                #expect(position == 0 || told.withLock { $0.contains { $0.phase == .copying && $0.done == position } })
                let pool = try await forks.open(fork)
                #expect(try await events(pool) == Array(try await events(studio.pool).prefix(position)))
                #expect(try await ForkOrigin.read(from: pool) == fork.origin)
                let (own, source) = (
                    try await EventReader(pool: pool).identity().identity,
                    try await EventReader(pool: studio.pool).identity().identity
                )
                #expect(own.id != source.id)
                #expect(own.predecessor == (position == 0 ? nil : LogPredecessor(log: source.id, position: position)))
                let check = try await Checker(set: studio.set, fold: try self.fold(studio), pool: pool).check()
                #expect(check.isClean && check.position == position)
                #expect(try await OldSchema.all(in: pool).isEmpty)
                await pool.close()
            }
            #expect(try await forks.all().map(\.name.text) == ["point-0", "point-1", "point-2", "point-3"])
            #expect(try await ForkOrigin.read(from: studio.pool) == nil)
            for fork in try await forks.all() { try await forks.drop(fork.name.text) }
            #expect(try await forks.all().isEmpty)
        }
    }

    @Test func whatIsDoneInAForkStaysThere() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            try await scribe.tell(5)
            let before = (try await events(studio.pool), try await studio.dump())
            let forks = try forks(studio)
            let fork = try await forks.make(name: "elsewhere", at: before.0.count)
            let pool = try await forks.open(fork)
            let type = try scribe.type("character")
            try await EntityService(studio.blueprint, on: pool, metrics: Metrics(), logger: .silent).running {
                service in
                let id = service.identifiers.next()
                let meta = EventMeta(actor: "admin", command: service.identifiers.next())
                let content = Content(["name": "Only here"], of: type)
                _ = try await service.writer.submit(
                    EntityCommand(.create(content, .init()), on: id, of: type, meta: meta))
            }
            let after = try await events(pool)
            #expect(after.count == before.0.count + 1)
            #expect(Array(after.dropLast()) == before.0)
            #expect(try await events(studio.pool) == before.0)
            #expect(try await studio.dump() == before.1)
            // Both go on: the same position, another hash.
            try await scribe.create("character", ["name": "Only there"])
            let other = try await events(studio.pool)
            #expect(other.count == after.count && other.last?.hash != after.last?.hash)
            await pool.close()
            try await forks.drop("elsewhere")
        }
    }

    @Test func whoIsStoppedLeavesNothing() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(5)
            let head = try await EventReader(pool: studio.pool).head().position
            let forks = try forks(studio)
            for phase in [FillingProgress.Phase.copying, .building] {
                let state = Monitor((isReached: false, isCancelled: false))
                let making = Task {
                    try await forks.make(name: "half", at: head) { progress in
                        guard progress.phase == phase else { return }
                        state.withLock { $0.isReached = true }
                        _ = state.wait(until: { $0.isCancelled }, atMost: .seconds(20)) { _ in }
                    }
                }
                try await eventually("\(phase)") { state.withLock { $0.isReached } }
                making.cancel()
                state.withLock { $0.isCancelled = true }
                await #expect(throws: (any Error).self, "\(phase)") { try await making.value }
                #expect(try await forks.all().isEmpty, "\(phase)")
            }
        }
    }

    @Test func aBrokenLogMakesNoFork() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(5)
            let ends = try Shelf.commandEnds(try await events(studio.pool))
            try await studio.pool.withConnection { connection in
                try connection.runScript(
                    "hurt",
                    unsafeSQL: """
                        SET session_replication_role = replica;
                        UPDATE log.events SET data = '{"name": "Somebody else"}' WHERE position = \(ends[2]);
                        """)
            }
            let forks = try forks(studio)
            await #expect(throws: LogFault.self) { try await forks.make(name: "broken", at: ends[3]) }
            #expect(try await forks.all().isEmpty)
            _ = try await forks.make(name: "before", at: ends[1])
            try await forks.drop("before")
        }
    }

    @Test func whatAKilledProcessLeavesIsListedAndCanBeDropped() async throws {
        try await Studio.with { studio in
            let forks = try forks(studio)
            let name = "\(studio.database.name)_fork_left_over"
            try await studio.pool.execute("leave", "CREATE DATABASE \(identifier: name)")
            let left = try #require(try await forks.all().first)
            #expect(left.name.text == "left-over" && left.state == .unfinished && left.origin == nil)
            await #expect(throws: ForkError.unfinished(left.name)) { try await forks.open(left) }
            await #expect(throws: ForkError.taken(left.name)) { try await forks.make(name: "left-over", at: 0) }
            try await forks.drop("left-over")
            #expect(try await forks.all().isEmpty)
        }
    }

    @Test func whatIsInUseIsNotDropped() async throws {
        try await Studio.with { studio in
            let forks = try forks(studio)
            let fork = try await forks.make(name: "used", at: 0)
            let pool = try await forks.open(fork)
            await #expect(throws: ForkError.inUse(fork.name)) { try await forks.drop("used") }
            await pool.close()
            // The server takes a moment to notice.
            try await eventually("the fork is dropped") { (try? await forks.drop("used")) != nil }
        }
    }

    @Test func whoMayNotMakeDatabasesIsToldWhatToDo() async throws {
        try await Studio.with { studio in
            let role = "\(studio.database.name)_weak"
            try await studio.pool.withConnection { connection in
                try connection.runScript(
                    "role",
                    unsafeSQL: """
                        CREATE ROLE "\(role)" LOGIN;
                        GRANT USAGE ON SCHEMA log TO "\(role)";
                        GRANT SELECT ON ALL TABLES IN SCHEMA public, log TO "\(role)";
                        """)
            }
            let weak = try await PostgresPool(
                configuration: .init(connection: studio.database.conninfo + " user=\(role)"), metrics: Metrics(),
                logger: .silent)
            let forks = try forks(studio, weak)
            await #expect(throws: NewDatabaseError.mayNotCreate(role: role)) {
                try await forks.make(name: "mine", at: 0)
            }
            #expect(NewDatabaseError.mayNotCreate(role: role).advice.contains("CREATEDB"))
            await weak.close()
        }
    }

    @Test func namesAreChecked() {
        for name in ["a", "what-if", "w2", "a-b-c"] { #expect(ForkName(name)?.text == name) }
        let long = String(repeating: "a", count: 31)
        for name in ["", "-a", "a-", "a--b", "A", "2a", "a_b", "a b", "ä", long] { #expect(ForkName(name) == nil) }
    }
}
