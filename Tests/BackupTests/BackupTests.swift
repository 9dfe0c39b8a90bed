import Backup
import Cryptography
import EventLog
import Postgres
import System
import TestSupport
import Testing

@testable import Backup

/// What is backed up comes back.
@Suite struct RoundTripTests {
    static let secrets: [BackupSecret?] = [nil, .testKey, .testPassphrase]

    /// What a reader gives, as rows of a database would be.
    private func rows(_ reader: BackupReader, upTo last: Int? = nil) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await batch in reader.events(upTo: last) { bytes += batch.bytes }
        return bytes
    }

    private func rows(_ system: LoggedSystem, upTo last: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await batch in EventReader(pool: system.pool).rows(1...last) { bytes += batch.bytes }
        return bytes
    }

    @Test(arguments: secrets.indices) func aFullAndTwoIncrementalBackupsHoldTheWholeLog(_ index: Int) async throws {
        let secret = Self.secrets[index]
        try await LoggedSystem.with { system in
            try await system.fill(1_200)
            let full = try await system.back(up: .full, secret)
            #expect(full.eventCount == 1_200)
            #expect(full.segments.count > 3)
            #expect(full.categories == ["character": 402, "image": 399, "note": 399])
            try await system.fill(50)
            let second = try await system.back(up: .incremental, secret)
            #expect(second.parent == full.id)
            #expect(second.after == full.head)
            let third = try await system.back(up: .incremental, secret)
            #expect(third.eventCount == 0)
            #expect(third.parent == second.id)
            try await system.fill(7)
            let last = try await system.back(up: .incremental, secret)

            let reader = try await BackupReader.newest(system.shelf(secret))
            #expect(reader.chain == [full, second, third, last])
            let head = try await EventReader(pool: system.pool).head()
            #expect(reader.head == head)
            let backedUp = try await rows(reader)
            let logged = try await rows(system, upTo: 1_257)
            #expect(backedUp == logged)
            for position in [1, 199, 1_199, 1_200, 1_201, 1_250, 1_251] {
                let reader = try await BackupReader.reaching(position, system.shelf(secret))
                #expect(reader.head.position >= position)
                let backedUp = try await rows(reader, upTo: position)
                let logged = try await rows(system, upTo: position)
                #expect(backedUp == logged)
            }
        }
    }

    @Test func anEmptyLogCanBeBackedUpAndContinued() async throws {
        try await LoggedSystem.with { system in
            let full = try await system.back(up: .full)
            #expect(full.eventCount == 0)
            let shelf = system.shelf()
            let empty = try await BackupReader.newest(shelf)
            let rows = try await rows(empty)
            #expect(rows.isEmpty)
            #expect(try await empty.position(at: system.clock.now()) == 0)
        }
    }

    @Test func aMomentMapsToTheLastPositionRecordedByThen() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(120)
            try await system.back(up: .full)
            try await system.fill(30)
            try await system.back(up: .incremental)
            let shelf = system.shelf()
            let log = EventReader(pool: system.pool)
            for seconds in [-5, 0, 1, 2, 60, 119, 120, 121, 150, 9_999] {
                let moment = LoggedSystem.firstTime + .seconds(seconds)
                let inLog = try await log.position(at: moment)
                let inBackup = try await BackupReader.position(at: moment, shelf)
                #expect(inBackup == inLog, "\(seconds) s")
            }
        }
    }

    @Test(arguments: secrets.indices) func blobsComeBackAndAreStoredOnce(_ index: Int) async throws {
        let secret = Self.secrets[index]
        try await LoggedSystem.with { system in
            var random = SeededRandom.forTest()
            let large = (0..<BackupLimits.blobPartBytes + 5).map { _ in UInt8.random(in: 0...255, using: &random) }
            var blobs = [[], Array("a picture".utf8), large]
            for blob in blobs { try system.addBlob(blob) }
            try Files.replace("\(system.blobs)/half.draft", with: [1])
            try await system.fill(3)
            let full = try await system.back(up: .full, secret)
            #expect(full.blobCount == 3)
            let parts = system.store.names.filter { $0.hasPrefix("blobs/") }
            #expect(parts.count == 4)
            let known = SHA256.hash(blobs[1]).hex
            #expect(parts.contains { $0.contains(known) } == (secret == nil))
            blobs.append(Array("another".utf8))
            try system.addBlob(blobs[3])
            let second = try await system.back(up: .incremental, secret)
            #expect(second.blobCount == 1)
            #expect(try await system.back(up: .full, secret).blobCount == 4)
            #expect(system.store.names.count { $0.hasPrefix("blobs/") } == 5)

            let folder = system.home.path("restored")
            let reader = try await BackupReader(system.shelf(secret), of: second.id)
            #expect(try await reader.restoreBlobs(into: folder) == 4)
            #expect(try await reader.restoreBlobs(into: folder) == 0)
            for blob in blobs {
                let hash = SHA256.hash(blob).hex
                #expect(try Files.read("\(folder)/\(hash.prefix(2))/\(hash)") == blob)
            }
        }
    }

    @Test func aBlobThatIsNotWhatItsNameSaysIsNotBackedUp() async throws {
        try await LoggedSystem.with { system in
            let hash = try system.addBlob(Array("genuine".utf8)).hex
            try Files.replace("\(system.blobs)/\(hash.prefix(2))/\(hash)", with: Array("altered".utf8))
            let error = await #expect(throws: BackupError.self) { try await system.back(up: .full) }
            #expect(error?.code == .brokenBlob)
            #expect(system.store.names == [])
        }
    }

    @Test func whatNoKeyOpensTellsNothing() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(20)
            try await system.back(up: .full, .testPassphrase)
            for (name, bytes) in system.store.contents where !name.hasSuffix(".jsonl") {
                #expect(!bytes.contains("Jenny".utf8), "\(name)")
            }
            let manifest = try #require(system.store.contents.first { $0.key.hasSuffix(".jsonl") }?.value)
            #expect(!manifest.contains("horse".utf8))
        }
    }
}
