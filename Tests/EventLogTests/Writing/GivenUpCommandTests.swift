import EventLog
import System
import TestSupport
import Testing

/// A caller that gives up is told what became of its command. The story: requests that had taken too long were answered
/// with "try again", their commands were carried out all the same, and so were those of the second try.
@Suite struct GivenUpCommandTests {
    @Test func aCommandThatWaitsIsWithdrawn() async throws {
        try await LogFixture.with { log in
            try await log.withWriter { writer in
                let first = try await log.holdingHead {
                    let first = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                    try await log.waitUntilBlocked("writer")
                    let second = Task { try await writer.submit(.init(stream: .stream(2), wish: .add(1))) }
                    try await eventually("the second waiting") { writer.waitingCount == 1 }
                    second.cancel()
                    await #expect(throws: CommandWriterError.withdrawn) { try await second.value }
                    #expect(writer.waitingCount == 0)
                    return first
                }
                #expect(try await first.value.value == 1)
            }
            #expect(try await log.allEvents().map(\.stream) == [.stream(1)])
        }
    }

    @Test func aCommandUnderWayIsWaitedFor() async throws {
        try await LogFixture.with { log in
            try await log.withWriter { writer in
                let command = try await log.holdingHead {
                    let command = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                    try await log.waitUntilBlocked("writer")
                    command.cancel()
                    return command
                }
                #expect(try await command.value.position == 1)
            }
            #expect(try await log.allEvents().count == 1)
        }
    }

    @Test func aTaskThatWasCancelledBeforehandHandsInNothing() async throws {
        try await LogFixture.with { log in
            try await log.withWriter { writer in
                let results = try await log.holdingHead {
                    let first = Task { try await writer.submit(.init(stream: .stream(1), wish: .add(1))) }
                    try await log.waitUntilBlocked("writer")
                    let late = Task {
                        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                        return try await writer.submit((2...4).map { .init(stream: .stream($0), wish: .add(1)) })
                    }
                    let results = try await late.value
                    return (first, results)
                }
                for result in results.1 { #expect(throws: CommandWriterError.withdrawn) { try result.get() } }
                _ = try await results.0.value
            }
            #expect(try await log.allEvents().count == 1)
        }
    }

    @Test func ofManyCommandsThoseUnderWayAreAnsweredAndTheOthersWithdrawn() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: { $0.commandsPerBatchMax = 2 }) { writer in
                let commands = try await log.holdingHead {
                    let commands = Task {
                        try await writer.submit((1...5).map { .init(stream: .stream($0), wish: .add(1)) })
                    }
                    try await log.waitUntilBlocked("writer")
                    #expect(writer.waitingCount == 3)
                    commands.cancel()
                    try await eventually("the others withdrawn") { writer.waitingCount == 0 }
                    return commands
                }
                let results = try await commands.value
                #expect(try results.prefix(2).map { try $0.get().position } == [1, 2])
                for result in results.suffix(3) { #expect(throws: CommandWriterError.withdrawn) { try result.get() } }
            }
            #expect(try await log.allEvents().count == 2)
        }
    }

    /// Whoever gives up at random finds in the log what was answered, once, and nothing of what was withdrawn.
    @Test func whatIsSaidOfACommandIsTrueWheneverItWasGivenUp() async throws {
        var random = SeededRandom.forTest()
        let turns = (0..<Effort.rounds(400)).map { _ in Int.random(in: 0..<40, using: &random) }
        try await LogFixture.with { log in
            let made = Journal<UUID>()
            let withdrawn = Journal<UUID>()
            try await log.withWriter(configure: { $0.commandsPerBatchMax = 3 }) { writer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (number, turn) in turns.enumerated() {
                        group.addTask {
                            let task = Task { try await writer.submit(.init(stream: .stream(number), wish: .add(1))) }
                            for _ in 0..<turn { await Task.yield() }
                            task.cancel()
                            do {
                                _ = try await task.value
                                made.write([.stream(number)])
                            } catch CommandWriterError.withdrawn {
                                withdrawn.write([.stream(number)])
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let events = try await log.allEvents()
            #expect(Set(events.map(\.stream)) == Set(made.entries))
            #expect(events.count == made.count)
            #expect(made.count + withdrawn.count == turns.count)
            expectGaplessChain(events, try await log.reader.head())
        }
    }
}
