import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogTailTests {
    @Test func aPageThatItsSizeEndsIsFollowedByTheNext() async throws {
        try await LogFixture.with { log in
            try await log.withTail(configure: {
                $0.pageBytesMax = 700
                $0.pollInterval = .milliseconds(10)
            }) { tail in
                let told = Journal<Event>()
                tail.observe { told.write($0) }
                try await log.appendSilently(50)
                try await eventually("all are told of") { tail.position == 50 }
                #expect(told.entries == (try await log.allEvents()))
            }
        }
    }

    @Test func observersHearOfOwnEventsBeforeTheCommandIsAnswered() async throws {
        try await LogFixture.with { log in
            try await log.withTail { tail in
                let told = Journal<Event>()
                let after = tail.observe { told.write($0) }.after
                #expect(after == 0)
                try await log.withWriter(committed: { tail.offer($0) }) { writer in
                    for number in 1...20 {
                        let position = try await writer.submit(.init(stream: .stream(1), wish: .add(1))).position
                        #expect(told.entries.last?.position == position)
                        #expect(told.count == number)
                    }
                }
                #expect(told.entries == (try await log.allEvents()))
            }
        }
    }

    @Test func anObserverThatIsRemovedHearsNoMore() async throws {
        try await LogFixture.with { log in
            try await log.withTail { tail in
                let (one, two) = (Journal<Event>(), Journal<Event>())
                let first = tail.observe { one.write($0) }
                tail.observe { two.write($0) }
                try await log.withWriter(committed: { tail.offer($0) }) { writer in
                    _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                    tail.remove(first)
                    _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                }
                #expect(one.entries.map(\.position) == [1])
                #expect(two.entries.map(\.position) == [1, 2])
            }
        }
    }

    @Test(arguments: [0, 1, 299, 600])
    func aSubscriberGetsTheOldAndThenTheNew(after: Int) async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(600)
            try await log.withTail(configure: { $0.pageEventsMax = 100 }) { tail in
                let reading = Reading(tail.subscribe(after: after))
                try await log.withWriter(committed: { tail.offer($0) }) { writer in
                    _ = try await writer.submit((1...100).map { .init(stream: .stream($0), wish: .add(1)) })
                }
                try await reading.wait(untilItHas: 700 - after)
                #expect(reading.positions == Array(after + 1...700))
                #expect(reading.got.entries == (try await log.reader.events(limit: 1_000)).suffix(700 - after))
                reading.task.cancel()
                await reading.task.value
            }
        }
    }

    @Test func withoutAPositionOnlyTheNewIsHeard() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(10)
            try await log.withTail { tail in
                let reading = Reading(tail.subscribe())
                try await log.withWriter(committed: { tail.offer($0) }) { writer in
                    _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                }
                try await reading.wait(untilItHas: 1)
                #expect(reading.positions == [11])
            }
        }
    }

    /// Whoever came back from a log that had gone further waited in silence, and missed what was recorded meanwhile.
    @Test func aPositionBeyondTheEndIsRefusedAndTheEndIsNamed() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(5)
            try await log.withTail(configure: { $0.pollInterval = .seconds(3_600) }) { tail in
                for position in 0...5 { #expect(try await tail.reached(position).position == position) }
                await #expect(throws: BeyondHead(position: 6, head: 5)) { try await tail.reached(6) }
                // Another node told a client of these, before this one heard of them.
                try await log.appendSilently(2)
                #expect(try await tail.reached(7).position == 7)
                await #expect(throws: BeyondHead(position: 8, head: 7)) { try await tail.reached(8) }
                let reading = Reading(tail.subscribe(after: try await tail.reached(6)))
                tail.look.raise()
                try await reading.wait(untilItHas: 1)
                #expect(reading.positions == [7])
            }
        }
    }

    @Test func aFilterHoldsForTheOldAndTheNew() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(300)
            try await log.withTail(configure: { $0.pageEventsMax = 2 }) { tail in
                var filter = EventFilter()
                filter.actor = "actor-7"
                filter.upTo = 507
                let reading = Reading(tail.subscribe(after: 100, filter: filter))
                try await reading.wait(untilItHas: 2)
                try await log.appendSilently(300)
                // Ends by itself, since nothing more can be wanted.
                tail.look.raise()
                await reading.task.value
                #expect(reading.positions == [107, 207, 307, 407, 507])
            }
        }
    }

    @Test func anotherNodesEventsAreHeardOfByNotification() async throws {
        try await LogFixture.with { log in
            // Nothing is polled for.
            try await log.withTail(configure: { $0.pollInterval = .seconds(3_600) }) { tail in
                let told = Journal<Event>()
                tail.observe { told.write($0) }
                let reading = Reading(tail.subscribe())
                try await log.withWriter(name: "other") { writer in
                    for _ in 1...5 { _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                }
                try await reading.wait(untilItHas: 5)
                #expect(reading.positions == [1, 2, 3, 4, 5])
                #expect(told.entries == reading.got.entries)
            }
        }
    }

    @Test func aLostNotificationIsNoticedByLooking() async throws {
        try await LogFixture.with { log in
            let clock = ScriptedClock()
            try await log.withTail(clock: clock) { tail in
                // The first look follows the begin of listening.
                try await clock.waitForSleepers(1)
                let reading = Reading(tail.subscribe())
                try await log.appendSilently(3)
                try await eventually("the events by polling") {
                    clock.advance(by: .seconds(2))
                    return reading.got.count == 3
                }
                #expect(reading.positions == [1, 2, 3])
            }
        }
    }

    @Test func aGapBeforeOwnEventsIsReadFirst() async throws {
        try await LogFixture.with { log in
            try await log.withTail(configure: { $0.pollInterval = .seconds(3_600) }) { tail in
                let told = Journal<Event>()
                tail.observe { told.write($0) }
                try await log.appendSilently(2_000)
                try await log.withWriter(committed: { tail.offer($0) }) { writer in
                    _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                }
                try await eventually("all events told") { told.count == 2_001 }
                #expect(told.entries == (try await log.allEvents()))
            }
        }
    }

    @Test func whatIsOfferedTwiceIsToldOnce() async throws {
        try await LogFixture.with { log in
            try await log.withTail { tail in
                let told = Journal<Event>()
                tail.observe { told.write($0) }
                try await log.appendSilently(10)
                let events = try await log.allEvents()
                tail.offer(Array(events[0..<4]))
                tail.offer(Array(events[2..<7]))
                tail.offer(Array(events[0..<4]))
                tail.offer([])
                try await eventually("all told") {
                    tail.look.raise()
                    return told.count == 10
                }
                #expect(told.entries == events)
            }
        }
    }

    @Test func aTailThatStartsLaterMissesNothingSince() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(5)
            try await log.withTail(starts: false) { tail in
                let told = Journal<Event>()
                let after = tail.observe { told.write($0) }.after
                #expect(after == nil)
                let reading = Reading(tail.subscribe(after: 3))
                tail.offer(try await log.allEvents())
                #expect(told.count == 0)
                try await tail.start()
                #expect(tail.position == 5)
                try await log.withWriter(committed: { tail.offer($0) }) { writer in
                    _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                }
                try await reading.wait(untilItHas: 3)
                #expect(reading.positions == [4, 5, 6])
                #expect(told.entries.map(\.position) == [6])
            }
        }
    }

    @Test func stoppingEndsEverySubscription() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(5)
            let readings = try await log.withTail { tail in
                let readings = [Reading(tail.subscribe()), Reading(tail.subscribe(after: 0))]
                try await readings[1].wait(untilItHas: 5)
                return readings
            }
            for reading in readings { await reading.task.value }
        }
    }

    @Test func lostConnectionsAreOnlyADelay() async throws {
        try await LogFixture.with { log in
            try await log.withTail(configure: { $0.pollInterval = .milliseconds(20) }) { tail in
                let reading = Reading(tail.subscribe())
                try await log.withWriter(name: "other") { writer in
                    for turn in 1...10 {
                        try await log.terminate("tail")
                        _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                        try await reading.wait(untilItHas: turn)
                    }
                }
                #expect(reading.positions == Array(1...10))
            }
        }
    }
}
