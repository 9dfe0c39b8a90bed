import Cryptography
import Postgres
import Synchronization
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogVerifierTests {
    private func verifier(_ log: LogFixture, rangeLength: Int = 37) -> LogVerifier {
        var configuration = LogVerifier.Configuration()
        configuration.rangeLength = rangeLength
        configuration.workers = 3
        return LogVerifier(pool: log.pool, configuration: configuration)
    }

    @Test func anEmptyLogIsSound() async throws {
        try await LogFixture.with { log in
            let result = try await verifier(log).verify()
            #expect(result.isSound && result.verifiedCount == 0 && result.head == .start)
        }
    }

    @Test(arguments: [1, 36, 37, 38, 300])
    func whatWasWrittenIsSound(count: Int) async throws {
        try await LogFixture.with { log in
            try await log.fill(count)
            let told = Atomic<Int>(0)
            let result = try await verifier(log).verify { told.max($0, ordering: .relaxed) }
            #expect(result.fault == nil)
            #expect(result.verifiedCount == count)
            #expect(told.load(ordering: .relaxed) == count)
            #expect(result.head == (try await log.reader.head()))
            let stated = try await verifier(log).verify(expectedHead: StatedHead(result.head))
            #expect(stated.isSound)
            let part = try await verifier(log).verify(from: count, to: count)
            #expect(part.isSound && part.verifiedCount == 1)
        }
    }

    @Test func whatTheWriterWroteIsSound() async throws {
        try await LogFixture.with { log in
            try await log.withWriter { writer in
                for number in 1...20 { _ = try await writer.submit(.init(stream: .stream(number), wish: .add(1))) }
            }
            #expect(try await verifier(log).verify().fault == nil)
        }
    }

    @Test(arguments: Tampering.allCases)
    func anyTamperingIsFoundAndNamed(tampering: Tampering) async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(2) {
            random = try await LogFixture.with { [random] log in
                var random = random
                let last = Int.random(in: 100...200, using: &random)
                try await log.fill(last)
                let expected = try await tampering.apply(to: log, last: last, using: &random)
                let result = try await verifier(log, rangeLength: Int.random(in: 5...250, using: &random)).verify()
                #expect(result.fault?.position == expected.position, "\(tampering) \(expected) \(result)")
                #expect(result.fault?.kind == expected.kind, "\(tampering) \(expected) \(result)")
                return random
            }
        }
    }

    @Test func anEndCutOffInGoodOrderIsSeenAgainstAStatedHead() async throws {
        try await LogFixture.with { log in
            try await log.fill(100)
            let stated = StatedHead(try await log.reader.head())
            try await Tampering.truncate.run(
                log,
                """
                DELETE FROM log.events WHERE position > 60;
                UPDATE log.head SET (position, hash, recorded_at) =
                    (SELECT position, hash, recorded_at FROM log.events WHERE position = 60)
                """)
            #expect(try await verifier(log).verify().isSound)
            let fault = try await verifier(log).verify(expectedHead: stated).fault
            #expect(fault?.kind == .truncated)
            #expect(fault?.position == 61)
        }
    }

    @Test func aLogWrittenAnewIsSeenAgainstAStatedHead() async throws {
        try await LogFixture.with { log in
            try await log.fill(100)
            let stated = StatedHead(position: 80, hash: SHA256.hash("another log"))
            let result = try await verifier(log).verify(expectedHead: stated)
            #expect(result.fault?.kind == .rewritten)
            #expect(result.fault?.position == 80)
        }
    }

    @Test func aPartIsVerifiedByItself() async throws {
        try await LogFixture.with { log in
            try await log.fill(200)
            try await Tampering.changeData.run(log, "UPDATE log.events SET data = '{}' WHERE position = 50")
            let sound = try await [
                verifier(log).verify(from: 51), verifier(log).verify(to: 49), verifier(log).verify(from: 60, to: 190),
            ]
            #expect(sound.map(\.isSound) == [true, true, true])
            let broken = try await verifier(log).verify(from: 50, to: 50)
            #expect(broken.fault?.position == 50)
            let beyond = try await verifier(log).verify(from: 150, to: 250)
            #expect(beyond.fault?.position == 201)
        }
    }

    @Test func eventsThatAreAppendedMeanwhileDoNotDisturb() async throws {
        try await LogFixture.with { log in
            try await log.fill(1_000)
            try await log.withWriter { writer in
                let appending = Task {
                    for number in 1...100 { _ = try await writer.submit(.init(stream: .stream(number), wish: .add(1))) }
                }
                for _ in 1...5 {
                    let result = try await verifier(log).verify()
                    #expect(result.fault == nil)
                }
                try await appending.value
            }
        }
    }

    @Test func statedHeadsAreReadBack() {
        let head = StatedHead(position: 7, hash: SHA256.hash("x"))
        #expect(StatedHead(head.description) == head)
        for text in ["", "7", "7:", ":\(head.hash.hex)", "-1:\(head.hash.hex)", "7:\(head.hash.hex)0", "\(head):1"] {
            #expect(StatedHead(text) == nil, "\(text)")
        }
    }
}
