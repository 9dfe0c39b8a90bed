import EventLog
import JSON
import Postgres
import Projections
import Replay
import System
import TestStudio
import TestSupport
import Testing

@testable import Entities

@Suite struct RollbackTests {
    /// Carries it out and gives back its id.
    private func run(_ order: RollbackOrder, in studio: Studio) async throws -> (UUID, RollbackReport) {
        let operation = Entities.Operation(studio.service, actor: "admin")
        return (operation.id, try await Rollback(studio.service).run(order, as: operation))
    }

    @Test func everythingGoesBackToThePointAndAnUndoBringsItAllBack() async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(3) {
            let seed = random.seed
            try await Studio.with { studio in
                let crowd = Crowd(studio: studio)
                try await crowd.live(60, using: &random)
                let point = try await crowd.head()
                let then = try await crowd.states()
                try await crowd.live(60, using: &random)
                let head = try await crowd.head()
                let before = try await crowd.states()

                let order = RollbackOrder(.rollback, scope: ChangeScope(after: point, upTo: head))
                let (id, report) = try await run(order, in: studio)
                #expect(report.conflictCount == 0 && report.overtaken.isEmpty && report.refused.isEmpty)
                let after = try await crowd.states()
                for (entity, state) in after {
                    if let wanted = then[entity] {
                        #expect(state == wanted, "seed \(seed): \(entity)")
                    } else {
                        #expect(state["archived"] == true, "seed \(seed): \(entity) was not there")
                    }
                }
                _ = try await self.run(.undo(of: id, in: studio.service), in: studio)
                #expect(try await crowd.states() == before, "seed \(seed)")
                #expect(try await studio.checker().check().isClean)
                #expect(try await LogVerifier(pool: studio.pool).verify().fault == nil)
            }
        }
    }

    /// The story: a rollback handed in more bytes than may wait, was refused, and so it was whenever it was resumed.
    @Test func aRollbackThatIsLargerThanAllThatMayWaitWaitsForItsTurn() async throws {
        var configuration = CommandWriterConfiguration()
        configuration.waitingBytesMax = 3_000
        configuration.commandsPerBatchMax = 3
        try await Studio.with(configuration: configuration) { studio in
            let crowd = Crowd(studio: studio)
            let long = JSONValue.string(String(repeating: "brave ", count: 100))
            var ids: [UUID] = []
            for number in 0..<30 {
                ids.append(
                    try await crowd.create("ada", "character", ["name": .string("C\(number)"), "personality": long]))
            }
            let point = try await crowd.head()
            let then = try await crowd.states()
            for id in ids { try await crowd.act("ben", .patch(["personality": "shy"]), on: id, "character") }
            let scope = ChangeScope(after: point, upTo: try await crowd.head())
            let (_, report) = try await run(RollbackOrder(.rollback, scope: scope), in: studio)
            #expect(report.conflictCount == 0 && report.overtaken.isEmpty && report.refused.isEmpty)
            #expect(try await crowd.states() == then)
        }
    }

    @Test func aDryRunSaysExactlyWhatTheRunDoes() async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(6) {
            let seed = random.seed
            try await Studio.with { studio in
                let crowd = Crowd(studio: studio)
                try await crowd.live(120, using: &random)
                let head = try await crowd.head()
                var scope = ChangeScope(after: Int.random(in: 0..<head, using: &random), upTo: head)
                if Int.random(in: 0..<3, using: &random) > 0 { scope.actor = "ada" }
                if Int.random(in: 0..<3, using: &random) == 0 { scope.types = ["character", "image"] }
                if Int.random(in: 0..<5, using: &random) == 0 { scope.entities = [Cast.id(0), Cast.id(4)] }
                let order = RollbackOrder(.rollback, scope: scope, isForced: Bool.random(using: &random))
                let before = try await crowd.states()
                var steps: [RollbackStep] = []
                let predicted = try await Rollback(studio.service).dryRun(order, each: { steps.append($0) })
                #expect(try await crowd.states() == before, "a dry run changes nothing")
                #expect(try await crowd.head() == head)

                let (id, report) = try await run(order, in: studio)
                #expect(report == predicted, "seed \(seed)")
                let after = try await crowd.states()
                for (entity, state) in after {
                    let changes = steps.first { $0.id == entity }?.changes ?? []
                    if changes.isEmpty { #expect(state == before[entity], "seed \(seed): \(entity)") }
                    for change in changes where !change.cell.isPresence {
                        #expect(state.value(at: change.cell.pointer) == change.new, "seed \(seed): \(entity) \(change)")
                    }
                }
                _ = try await self.run(.undo(of: id, in: studio.service), in: studio)
                #expect(try await crowd.states() == before, "seed \(seed): an undo gives identical states")
            }
        }
    }

    @Test func whatSomeoneElseChangedSinceIsListedAndLeftAlone() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            let jenny = try await crowd.create("ada", "character", ["name": "Jenny", "occupation": "baker"])
            let import7 = studio.service.identifiers.next()
            let patch: JSONValue = ["name": "Jenna", "occupation": "spy", "personality": "cold"]
            try await crowd.act("robot", .patch(patch), on: jenny, "character", correlation: import7)
            try await crowd.act("robot", .tag(["bad"]), on: jenny, "character", correlation: import7)
            try await crowd.act("ben", .patch(["occupation": "cook"]), on: jenny, "character")
            try await crowd.act("ben", .tag(["good"]), on: jenny, "character")

            var steps: [RollbackStep] = []
            var order = try await RollbackOrder.undo(of: import7, in: studio.service)
            _ = try await Rollback(studio.service).dryRun(order, each: { steps.append($0) })
            let conflict = try #require(steps.first?.conflicts.first)
            #expect(conflict.cell == .field("occupation"))
            #expect(conflict.then == "spy" && conflict.now == "cook" && conflict.target == "baker")
            guard case .changedSince(let act) = conflict.cause else { return #expect(Bool(false), "\(conflict)") }
            #expect(act.actor == "ben")

            _ = try await run(order, in: studio)
            var state = try #require(try await crowd.states()[jenny])
            #expect(state["data"] == ["name": "Jenny", "occupation": "cook"])
            #expect(state["tags"] == ["good"])

            order.isForced = true
            order.scope.upTo = try await crowd.head()
            _ = try await run(order, in: studio)
            state = try #require(try await crowd.states()[jenny])
            #expect(state["data"]?["occupation"] == "baker")
        }
    }

    @Test func whatOthersWorkedOnIsNotPutAwayUnderTheirHands() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            let whole = studio.service.identifiers.next()
            let kept = try await crowd.create("robot", "character", ["name": "Kept"], correlation: whole)
            let gone = try await crowd.create("robot", "character", ["name": "Gone"], correlation: whole)
            try await crowd.act("ben", .patch(["occupation": "cook"]), on: kept, "character")
            let (_, report) = try await run(.undo(of: whole, in: studio.service), in: studio)
            #expect(report.conflictCount == 1 && report.entityCount == 1 && report.leftAloneCount == 1)
            let states = try await crowd.states()
            #expect(states[kept]?["archived"] == false)
            #expect(states[gone]?["archived"] == true)
        }
    }

    @Test func referencesThatWouldLeadIntoTheArchiveAreNamed() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            let whole = studio.service.identifiers.next()
            let story = try await crowd.create("ben", "story", ["title": "A story"])
            let hero = try await crowd.create("robot", "character", ["name": "Hero"], correlation: whole)
            try await crowd.act("ben", .patch(["characters": [.string(hero.description)]]), on: story, "story")
            let order = try await RollbackOrder.undo(of: whole, in: studio.service)
            let report = try await Rollback(studio.service).dryRun(order)
            #expect(report.brokenCount == 1)
            #expect(report.broken.first?.source == story && report.broken.first?.target == hero)
        }
    }

    /// The dry run left out what comes back from the archive itself, and so said less than the run.
    @Test func whatComesBackFromTheArchiveMayReferIntoItAsWell() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            let hero = try await crowd.create("ben", "character", ["name": "Hero"])
            let villain = try await crowd.create("ben", "character", ["name": "Villain"])
            let cast: JSONValue = .array([hero, villain].map { .string($0.description) })
            let story = try await crowd.create("ben", "story", ["title": "A story", "characters": cast])
            try await crowd.act("ben", .archive, on: hero, "character")
            let whole = studio.service.identifiers.next()
            try await crowd.act("robot", .archive, on: story, "story", correlation: whole)
            try await crowd.act("ben", .archive, on: villain, "character")
            try await crowd.act("robot", .unarchive, on: villain, "character", correlation: whole)

            let order = try await RollbackOrder.undo(of: whole, in: studio.service)
            let predicted = try await Rollback(studio.service).dryRun(order)
            #expect(Set(predicted.broken.map(\.target)) == [hero, villain])
            let (_, report) = try await run(order, in: studio)
            #expect(report == predicted)
        }
    }

    /// The process is killed after the first batch; the rest is done by whoever resumes.
    @Test func aRollbackThatWasCutOffIsGoneOnWithAndDoesNothingTwice() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            var ids: [UUID] = []
            for number in 0..<5 {
                ids.append(try await crowd.create("ada", "character", ["name": .string("c\(number)")]))
            }
            let point = try await crowd.head()
            for id in ids { try await crowd.act("ada", .patch(["occupation": "spy"]), on: id, "character") }
            let head = try await crowd.head()
            let order = RollbackOrder(.rollback, scope: ChangeScope(after: point, upTo: head))
            let operation = Entities.Operation(studio.service, actor: "admin")
            _ = try await operation.begin(
                .init("rollback", order.title, parameters: order.json), waits: false
            ) { _ in }
            // As if its process had been killed.
            await studio.service.lifeline.release(operation.id)
            var restoration = Restoration()
            restoration.data = ["name": "c0"]
            let type = try Scribe(studio: studio).type("character")
            try await crowd.act(
                "admin", .restore(restoration, content: Content(["name": "c0"], of: type)), on: ids[0], "character",
                correlation: operation.id)

            let report = try await Rollback(studio.service).resume(operation.id, actor: "admin")
            #expect(report.overtaken.isEmpty)
            for (number, id) in ids.enumerated() {
                #expect(try await crowd.states()[id]?["data"] == ["name": .string("c\(number)")])
            }
            let restored = try await studio.pool.query(
                "test_restored", "SELECT count(*) FROM log.events WHERE type = 'character.restored'"
            ).only(Int.self)
            #expect(restored == 5)
            await #expect(throws: RollbackProblem.completed(operation.id)) {
                try await Rollback(studio.service).resume(operation.id, actor: "admin")
            }
        }
    }

    @Test func whatHappenedMeanwhileIsLeftAlone() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            let jenny = try await crowd.create("ada", "character", ["name": "Jenny"])
            let point = try await crowd.head()
            try await crowd.act("ada", .patch(["occupation": "spy"]), on: jenny, "character")
            let order = RollbackOrder(
                .rollback, scope: ChangeScope(after: point, upTo: try await crowd.head()))
            try await crowd.act("ben", .patch(["occupation": "cook"]), on: jenny, "character")
            let (_, report) = try await run(order, in: studio)
            #expect(report.overtaken == [jenny])
            #expect(try await crowd.states()[jenny]?["data"]?["occupation"] == "cook")
        }
    }

    @Test func anUnknownCorrelationSaysSo() async throws {
        try await Studio.with { studio in
            let id = UUID(high: 1, low: 2)
            await #expect(throws: RollbackProblem.nothingToUndo(id)) {
                try await RollbackOrder.undo(of: id, in: studio.service)
            }
        }
    }
}
