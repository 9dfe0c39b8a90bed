import EventLog
import JSON
import System
import TestStudio
import TestSupport
import Testing

@testable import Entities

@Suite struct BackgroundTests {
    @Test func workIsAFunctionOfItsParametersAndItsResultIsRecorded() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { node in
                let barrier = Barrier()
                barrier.open()
                let started = try await node.start(barrier)
                let data = try await node.waitForEnd(of: started.id)
                #expect(data["parameters"] == ["n": 1])
                #expect(data["result"] == ["seen": ["n": 1]])
                var filter = EventFilter()
                filter.streams = [started.id]
                let events = try await EventReader(pool: node.pool).events(filter)
                #expect(events.first?.position == started.position)
                #expect(events.last?.type == "operation.completed")
            }
        }
    }

    @Test func progressTellsHowFastItGoesAndHowLongItWillTake() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { node in
                let (first, second) = (Barrier(), Barrier())
                let started = try await node.background.start(
                    .init("counting", "Counting") { _, reporter in
                        reporter.report(done: 1, total: 1_000_000, message: "counting")
                        try await first.wait()
                        reporter.report(done: 11, total: 1_000_000, message: "counting")
                        try await second.wait()
                        return [:]
                    }, askedBy: node.meta())
                try await eventually(within: .seconds(60), "the first step is told") {
                    try await node.data(of: started.id)["done"] == 1
                }
                first.open()
                try await eventually(within: .seconds(60), "a rate is told") {
                    let data = try await node.data(of: started.id)
                    return data["rate"] != nil && (data["remaining_seconds"]?.integer ?? 0) > 0
                }
                second.open()
                #expect(try await node.waitForEnd(of: started.id)["remaining_seconds"] == 0)
            }
        }
    }

    @Test func oneThatIsCancelledSaysWhoAskedAndWhatIsLeftBehind() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { node in
                let started = try await node.start(Barrier())
                try await node.background.cancel(started.id, askedBy: node.meta("zoe"))
                let data = try await node.waitForEnd(of: started.id)
                #expect(data["status"] == "cancelled")
                #expect(data["message"] == "It was cancelled on request. Nothing was done.")
                var filter = EventFilter()
                filter.types = ["operation.cancel_requested"]
                filter.actor = "zoe"
                #expect(try await EventReader(pool: node.pool).events(filter).map(\.stream) == [started.id])
                await #expect(throws: OperationRefusal.over("cancelled")) {
                    try await node.background.cancel(started.id, askedBy: node.meta())
                }
            }
        }
    }

    @Test func anotherNodesWorkCanBeCancelled() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { carrier in
                try await Node.with(studio) { other in
                    let started = try await carrier.start(Barrier())
                    try await other.background.cancel(started.id, askedBy: other.meta())
                    #expect(try await other.waitForEnd(of: started.id)["status"] == "cancelled")
                }
            }
        }
    }

    /// What a command line carries has no runner, but asks whether it should go on.
    @Test func workInTheForegroundCanBeCancelledToo() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { carrier in
                try await Node.with(studio) { other in
                    let operation = Entities.Operation(carrier.service, actor: "mira")
                    await #expect(throws: CancellationError.self) {
                        try await operation.run(.init("import", "Import")) { operation in
                            try await other.background.cancel(operation.id, askedBy: other.meta())
                            try await eventually(within: .seconds(20), "it has to stop") {
                                (try? operation.checkCancellation()) == nil
                            }
                            try operation.checkCancellation()
                        }
                    }
                    let status = try await other.status(of: operation.id)
                    #expect(status == "cancelled")
                }
            }
        }
    }

    @Test func ofThoseThatExcludeEachOtherOneRunsOnAllNodes() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { first in
                try await Node.with(studio) { second in
                    let barrier = Barrier()
                    let started = try await first.start(barrier, exclusion: "alone")
                    for node in [first, second] {
                        await #expect(throws: OperationRefusal.busy(started.id)) {
                            _ = try await node.start(Barrier(), exclusion: "alone")
                        }
                    }
                    barrier.open()
                    _ = try await second.waitForEnd(of: started.id)
                    // Whoever reads that it has ended may begin anew at once, wherever.
                    let next = try await second.start(barrier, exclusion: "alone")
                    _ = try await first.waitForEnd(of: next.id)
                    _ = try await first.start(barrier, exclusion: "alone")
                }
            }
        }
    }

    /// Two nodes are asked at the same moment, again and again.
    @Test func aRaceForTheSameExclusionHasOneWinner() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { first in
                try await Node.with(studio) { second in
                    for _ in 0..<10 {
                        let barrier = Barrier()
                        let winners: [Background.Started] = await withTaskGroup(of: Background.Started?.self) { group in
                            for node in [first, second, first, second] {
                                group.addTask { try? await node.start(barrier, exclusion: "alone") }
                            }
                            return await group.reduce(into: []) { if let winner = $1 { $0.append(winner) } }
                        }
                        #expect(winners.count == 1)
                        barrier.open()
                        for winner in winners { _ = try await first.waitForEnd(of: winner.id) }
                    }
                }
            }
        }
    }

    @Test func aNodeThatStopsSaysSoAndTakesNothingNew() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { node in
                let started = try await node.start(Barrier())
                await node.background.stop()
                let data = try await node.data(of: started.id)
                #expect(data["status"] == "cancelled")
                #expect(data["message"] == "The server was stopped. Nothing was done.")
                await #expect(throws: OperationRefusal.stopping) { _ = try await node.start(Barrier()) }
            }
        }
    }

    @Test func moreThanTheLimitIsRefused() async throws {
        try await Studio.with { studio in
            var limits = Node.limits
            limits.backgroundMax = 2
            try await Node.with(studio, limits) { node in
                let barrier = Barrier()
                _ = try await node.start(barrier)
                let second = try await node.start(barrier)
                await #expect(throws: OperationRefusal.tooMany(limit: 2)) { _ = try await node.start(barrier) }
                barrier.open()
                _ = try await node.waitForEnd(of: second.id)
            }
        }
    }

    @Test func whatFailsTellsWhy() async throws {
        struct Mishap: Error, CustomStringConvertible { let description = "The tape is full." }
        try await Studio.with { studio in
            try await Node.with(studio) { node in
                let started = try await node.background.start(
                    .init("taping", "Taping") { _, _ in throw Mishap() }, askedBy: node.meta())
                let data = try await node.waitForEnd(of: started.id)
                #expect(data["status"] == "failed")
                #expect(data["problem"]?["detail"] == "The tape is full.")
            }
        }
    }
}

@Suite struct PaceTests {
    @Test func theRateFollowsAChangeAndForgetsAnotherPhase() {
        var pace = Pace()
        var speed = pace.take(done: 0, total: 100, phase: "a", at: .zero)
        #expect(speed == nil)
        speed = pace.take(done: 20, total: 100, phase: "a", at: .seconds(2))
        #expect(speed == .init(stepsPerSecond: 10, secondsLeft: 8))
        speed = pace.take(done: 0, total: nil, phase: "b", at: .seconds(3))
        #expect(speed == nil)
        speed = pace.take(done: 5, total: nil, phase: "b", at: .seconds(4))
        #expect(speed == .init(stepsPerSecond: 5, secondsLeft: nil))
        for second in 5...30 {
            _ = pace.take(done: 5 + 100 * (second - 4), total: nil, phase: "b", at: .seconds(second))
        }
        speed = pace.take(done: 2705, total: 2805, phase: "b", at: .seconds(31))
        #expect(speed == .init(stepsPerSecond: 100, secondsLeft: 1))
    }
}
