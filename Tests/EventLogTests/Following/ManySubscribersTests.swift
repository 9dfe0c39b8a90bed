import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct ManySubscribersTests {
    @Test func aThousandSubscribersEachGetEverything() async throws {
        try await LogFixture.with { log in
            try await log.appendSilently(300)
            try await log.withTail(configure: { $0.eventsKeptMax = 500 }) { tail in
                let readings = (0..<1_000).map { Reading(tail.subscribe(after: 300 - $0 % 10)) }
                try await log.withWriter(committed: { tail.offer($0) }) { writer in
                    for number in 0..<20 {
                        _ = try await writer.submit(
                            (0..<10).map { .init(stream: .stream(number * 10 + $0), wish: .add(1)) })
                    }
                }
                for (number, reading) in readings.enumerated() {
                    try await reading.wait(untilItHas: 200 + number % 10)
                    #expect(reading.positions == Array(301 - number % 10...500))
                }
            }
        }
    }

    @Test func aSlowReaderIsNotRememberedForAndGetsEverything() async throws {
        try await LogFixture.with { log in
            try await log.withTail(configure: {
                $0.eventsKeptMax = 50
                $0.pageEventsMax = 20
            }) { tail in
                let slow = FaultPoint("slow reader")
                slow.hold(at: 1)
                let got = Journal<Event>()
                let task = Task {
                    for await events in tail.subscribe() {
                        got.write(events)
                        try? await slow.pass()
                    }
                }
                for round in 1...2 {
                    try await log.withWriter(committed: { tail.offer($0) }) { writer in
                        _ = try await writer.submit(.init(stream: .stream(1), wish: .add(1)))
                        try await slow.waitUntilHeld()
                        _ = try await writer.submit(
                            (2...400).map { .init(stream: .stream($0), wish: .add(1)) })
                    }
                    let kept = tail.state.withLock { $0.ring?.count }
                    #expect(kept == 50)
                    slow.release()
                    try await eventually("everything read") { got.count == 400 * round }
                    slow.hold(at: 1)
                }
                slow.release()
                #expect(got.entries == (try await log.allEvents()))
                task.cancel()
                await task.value
            }
        }
    }

    /// Two nodes write at once, connections die at random, one node forgets to notify: whoever follows sees 1, 2, 3, …
    @Test func twoNodesAndRandomDeathsLeaveNoGap() async throws {
        let count = Effort.rounds(60)
        try await LogFixture.with { log in
            try await log.withTail(configure: { $0.pollInterval = .milliseconds(50) }) { tail in
                let told = Journal<Event>()
                tail.observe { told.write($0) }
                let readings = (0..<10).map { _ in Reading(tail.subscribe(after: 0)) }
                let killer = Task {
                    while !Task.isCancelled {
                        for name in ["own", "other", "tail"] {
                            _ = try? await log.terminate(name)
                            try? await ContinuousClock().sleep(for: .milliseconds(Int.random(in: 1...30)))
                        }
                    }
                }
                @Sendable func write(_ writer: CounterWriter, from number: Int) async throws {
                    for turn in 0..<count {
                        _ = try await writer.submit(
                            (0...turn % 3).map { .init(stream: .stream(number + $0), wish: .add(1)) })
                    }
                }
                async let own: Void = log.withWriter(
                    name: "own", configure: { $0.retryDelay = .milliseconds(1) }, committed: { tail.offer($0) }
                ) { try await write($0, from: 0) }
                async let other: Void = log.withWriter(
                    name: "other", configure: { $0.retryDelay = .milliseconds(1) }
                ) { try await write($0, from: 100) }
                _ = try await (own, other)
                killer.cancel()
                await killer.value
                let all = try await log.allEvents()
                #expect(all.count == 4 * count)
                expectGaplessChain(all, try await log.reader.head())
                for reading in readings {
                    try await reading.wait(untilItHas: all.count)
                    #expect(reading.got.entries == all)
                }
                #expect(told.entries == all)
            }
        }
    }
}
