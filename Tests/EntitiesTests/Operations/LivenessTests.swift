import EventLog
import JSON
import Postgres
import System
import TestStudio
import TestSupport
import Testing

@testable import Entities

@Suite struct LivenessTests {
    /// Begins an operation and forgets it, as a process does that is killed.
    private func leaveBehind(
        _ studio: Studio, exclusion: String? = nil, resume: String? = nil
    ) async throws -> UUID {
        let id = try await Node.with(studio) { node in
            let operation = Entities.Operation(node.service, actor: "mira")
            _ = try await operation.begin(
                .init("import", "Import", exclusion: exclusion, resume: resume), waits: false
            ) { _ in }
            #expect(try await node.status(of: operation.id) == "running")
            return operation.id
        }
        // The server lets go of the locks a moment after the connection was closed.
        try await eventually("the locks are gone") {
            try await studio.pool.query("test_locks", Node.holdersQuery).isEmpty
        }
        return id
    }

    @Test func theDeadAreRecordedAsFailedAndSayWhatToDo() async throws {
        try await Studio.with { studio in
            let plain = try await leaveBehind(studio)
            let resumable = try await leaveBehind(studio, resume: "lifeos import there")
            try await Node.with(studio) { node in
                node.service.undertaker.start()
                let data = try await node.waitForEnd(of: plain)
                #expect(data["status"] == "failed")
                #expect(data["problem"]?["title"] == "Its process ended")
                #expect(data["message"]?.string?.contains("Start it again") == true)
                let other = try await node.waitForEnd(of: resumable)
                #expect(other["message"]?.string?.contains("lifeos import there") == true)
            }
        }
    }

    @Test func severalNodesRecordADeathOnce() async throws {
        try await Studio.with { studio in
            let id = try await leaveBehind(studio)
            try await Node.with(studio) { first in
                try await Node.with(studio) { second in
                    first.service.undertaker.start()
                    second.service.undertaker.start()
                    _ = try await first.waitForEnd(of: id)
                    // Each looks a few more times.
                    for _ in 0..<5 {
                        try await first.service.undertaker.look()
                        try await second.service.undertaker.look()
                    }
                    var filter = EventFilter()
                    filter.streams = [id]
                    let events = try await EventReader(pool: first.pool).events(filter)
                    #expect(events.map(\.type) == ["operation.started", "operation.failed"])
                }
            }
        }
    }

    /// The connection that shows a node's life is cut again and again, while another node looks for the dead.
    @Test func aLivingProcessKeepsItsOperationThoughItsConnectionIsCut() async throws {
        try await Studio.with { studio in
            let clock = ScriptedClock()
            let limits = OperationLimits()
            try await Node.with(studio) { carrier in
                try await Node.with(studio, limits, clock: clock) { watcher in
                    let undertaker = watcher.service.undertaker
                    let barrier = Barrier()
                    let started = try await carrier.start(barrier, exclusion: "alone")
                    for _ in 0..<4 {
                        let former = try await watcher.holders()
                        try await watcher.cutHolders()
                        // Whether it is seen with its lock or without, it does not count as dead before its time.
                        #expect(try await undertaker.look().count == 1)
                        clock.advance(by: limits.deadAfter - .seconds(1))
                        #expect(try await undertaker.look().count == 1)
                        try await eventually(within: .seconds(60), "the lock is held again") {
                            let holders = try await watcher.holders()
                            return holders.count == 1 && holders != former
                        }
                        #expect(try await undertaker.look().map(\.isHeld) == [true])
                        // Who was held in between begins anew.
                        clock.advance(by: limits.deadAfter - .seconds(1))
                    }
                    #expect(try await watcher.status(of: started.id) == "running")
                    await #expect(throws: OperationRefusal.busy(started.id)) {
                        _ = try await watcher.start(Barrier(), exclusion: "alone")
                    }
                    barrier.open()
                    let data = try await watcher.waitForEnd(of: started.id)
                    #expect(data["status"] == "completed")
                }
            }
        }
    }

    /// The carrier is cut off for so long that it is given up; it must not go on beside whoever comes next.
    @Test func whoWasTakenForDeadStops() async throws {
        try await Studio.with { studio in
            // It does not look after its locks until it is told to.
            let clock = ScriptedClock()
            try await Node.with(studio, OperationLimits(), clock: clock) { carrier in
                try await Node.with(studio) { watcher in
                    let started = try await carrier.start(Barrier(), exclusion: "alone")
                    try await watcher.cutHolders()
                    watcher.service.undertaker.start()
                    let data = try await watcher.waitForEnd(of: started.id)
                    #expect(data["status"] == "failed")
                    let barrier = Barrier()
                    barrier.open()
                    let next = try await watcher.start(barrier, exclusion: "alone")
                    let ended = try await watcher.waitForEnd(of: next.id)
                    #expect(ended["status"] == "completed")
                    try await clock.waitForSleepers(1)
                    clock.advance(by: OperationLimits().careInterval)
                    try await eventually(within: .seconds(60), "the carrier has let go") {
                        carrier.background.current("alone") == nil
                    }
                    #expect(try await watcher.status(of: started.id) == "failed")
                }
            }
        }
    }

    @Test func whatExcludesADeadOneWaitsUntilThatIsClear() async throws {
        try await Studio.with { studio in
            let dead = try await leaveBehind(studio, exclusion: "alone")
            try await Node.with(studio) { node in
                // Nobody waits on a request for that.
                await #expect(throws: OperationRefusal.uncertain(dead)) {
                    _ = try await node.start(Barrier(), exclusion: "alone")
                }
                let done = try await Entities.Operation(node.service, actor: "mira").run(
                    .init("import", "Import", exclusion: "alone")
                ) { $0.id }
                #expect(try await node.status(of: dead) == "failed")
                #expect(try await node.status(of: done) == "completed")
            }
        }
    }

    @Test func noLockIsLeftWhenTheLastHasEnded() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { node in
                let barriers = [Barrier(), Barrier(), Barrier()]
                var ids: [UUID] = []
                for (index, barrier) in barriers.enumerated() {
                    ids.append(try await node.start(barrier, exclusion: "g\(index)").id)
                }
                #expect(try await node.holders().count == 1, "one connection for all")
                for barrier in barriers { barrier.open() }
                for id in ids { _ = try await node.waitForEnd(of: id) }
                try await eventually("the locks are gone") { try await node.holders().isEmpty }
            }
        }
    }
}
