import EventLog
import System
import TestSupport
import Testing

/// How much is taken at once, and what becomes of those for whom there is no room.
@Suite struct BatchSizeTests {
    private static func commands(_ sizes: [Int]) -> [Counters.Command] {
        sizes.enumerated().map { .init(stream: .stream($0), wish: .add(1), bytes: $1) }
    }

    /// Who waits together is taken together: so the first command is held up until all are there.
    private static func batchSizes(
        of sizes: [Int], configure change: (inout CommandWriterConfiguration) -> Void,
        handler: Counters = Counters()
    ) async throws -> [Int] {
        try await LogFixture.with { log in
            try await log.withWriter(handler, configure: change) { writer in
                let results = try await log.holdingHead {
                    let first = Task { try await writer.submit(.init(stream: .stream(1_000), wish: .add(1))) }
                    try await log.waitUntilBlocked("writer")
                    let others = Task { try await writer.submit(commands(sizes)) }
                    try await eventually("all waiting") { writer.waitingCount == sizes.count }
                    return (first, others)
                }
                _ = try await results.0.value
                for result in try await results.1.value { #expect(try result.get().value == 1) }
            }
            expectGaplessChain(try await log.allEvents(), try await log.reader.head())
        }
        return Array(handler.batchSizes.withLock { $0 }.dropFirst())
    }

    @Test func aBatchEndsWhereItsBytesWouldBeTooMany() async throws {
        let sizes = try await Self.batchSizes(of: [40, 40, 40, 40, 500, 10, 10, 10, 80, 20]) {
            $0.bytesPerBatchMax = 100
        }
        #expect(sizes == [2, 2, 1, 3, 2])
    }

    /// How large the answers of the database will be, a handler sees when it has them.
    @Test func aHandlerMayLeaveTheRestOfABatchToTheNext() async throws {
        let handler = Counters()
        handler.decidedMax.withLock { $0 = 3 }
        let sizes = try await Self.batchSizes(of: Array(repeating: 1, count: 8), configure: { _ in }, handler: handler)
        #expect(sizes == [8, 5, 2])
    }

    /// The story: a rollback handed in more bytes than may wait, was refused, and was refused again whenever it was resumed.
    @Test func longWorkWaitsForRoomAndLeavesRoomForOthers() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: {
                $0.commandsPerBatchMax = 2
                $0.waitingMax = 8
                $0.waitingBytesMax = 100
            }) { writer in
                let (work, other) = try await log.holdingHead {
                    let work = Task {
                        try await writer.submit(Self.commands(Array(repeating: 30, count: 40)), whenFull: .wait)
                    }
                    try await log.waitUntilBlocked("writer")
                    let count = writer.waitingCount
                    #expect(count >= 38)
                    let other = Task {
                        try await writer.submit(.init(stream: .stream(1_000), wish: .add(1), bytes: 60))
                    }
                    try await eventually("another waiting") { writer.waitingCount == count + 1 }
                    await #expect(throws: CommandWriterError.overloaded) {
                        try await writer.submit(.init(stream: .stream(1_001), wish: .add(1), bytes: 60))
                    }
                    return (work, other)
                }
                let position = try await other.value.position
                #expect(position < 10, "it did not wait for all of the long work, but was at \(position)")
                #expect(try await work.value.map { try $0.get().value } == Array(repeating: 1, count: 40))
            }
            #expect(try await log.allEvents().count == 41)
        }
    }

    @Test func whatIsLargerThanAllTheRoomIsTakenWhenNothingElseWaits() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: { $0.waitingBytesMax = 100 }) { writer in
                for whenFull in [CommandWriterWhenFull.refuse, .wait] {
                    let answers = try await writer.submit(Self.commands([300, 300]), whenFull: whenFull)
                    #expect(try answers.map { try $0.get().version } == (whenFull == .refuse ? [1, 1] : [2, 2]))
                }
            }
        }
    }

    @Test func stoppingFinishesWhatWaitsForRoomToo() async throws {
        try await LogFixture.with { log in
            try await log.withWriter(configure: { $0.waitingMax = 4 }) { writer in
                let (work, stop) = try await log.holdingHead {
                    let work = Task {
                        try await writer.submit(Self.commands(Array(repeating: 1, count: 30)), whenFull: .wait)
                    }
                    try await log.waitUntilBlocked("writer")
                    return (work, Task { await writer.stop() })
                }
                #expect(try await work.value.map { try $0.get().value } == Array(repeating: 1, count: 30))
                await stop.value
            }
        }
    }
}
