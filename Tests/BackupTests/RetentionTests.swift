import Backup
import Cryptography
import System
import TestSupport
import Testing

@testable import EventLog

/// Decided as a pure value, over random histories.
@Suite struct RetentionTests {
    private static let now = Timestamp("2026-11-21T12:00:00Z") ?? Timestamp(microsecondsSinceEpoch: 0)

    /// Some weeks of full and incremental backups of one or two logs, of which some may be gone.
    private func history(_ random: inout SeededRandom) -> [Retention.Candidate] {
        var backups: [Retention.Candidate] = []
        for number in 0..<Int.random(in: 1...2, using: &random) {
            let log = SHA256.hash("log \(number)")
            var newest: BackupID?
            var position = 0
            var age = Int.random(in: 1...40, using: &random) * 86_400
            while age > 0, backups.count < 400 {
                position += Int.random(in: 0...50, using: &random)
                let isFull = newest == nil || Int.random(in: 0..<5, using: &random) == 0
                let id = BackupID(
                    createdAt: Self.now - .seconds(age), kind: isFull ? .full : .incremental, position: position)
                backups.append(.init(id: id, parent: isFull ? nil : newest, log: log))
                newest = id
                age -= Int.random(in: 1...86_400, using: &random)
            }
        }
        return backups.filter { _ in Int.random(in: 0..<20, using: &random) != 0 }
    }

    @Test func noKeptBackupEverLosesWhatItNeeds() {
        var random = SeededRandom.forTest()
        for _ in 0..<500 {
            let backups = history(&random)
            var retention = Retention()
            retention.fullMax = Int.random(in: 1...6, using: &random)
            retention.incrementalAgeMax = .seconds(Int.random(in: 0...10, using: &random) * 86_400)
            let removals = retention.removals(of: backups, now: Self.now)
            #expect(Set(removals).count == removals.count)
            // However far it comes, what is left has whatever it had before.
            var left = Set(backups.map(\.id))
            let all = left
            for id in removals {
                left.remove(id)
                for backup in backups where left.contains(backup.id) {
                    guard let parent = backup.parent, all.contains(parent) else { continue }
                    #expect(left.contains(parent), "\(backup.id) lost \(parent)")
                }
            }
            for own in Dictionary(grouping: backups, by: \.log).values {
                let ids = own.map(\.id).sorted()
                #expect(ids.last.map { left.contains($0) } != false, "the newest is kept")
                #expect(ids.filter { $0.kind == .full }.suffix(retention.fullMax).allSatisfy { left.contains($0) })
                let young = ids.filter { $0.createdAt >= Self.now - retention.incrementalAgeMax }
                #expect(young.allSatisfy { left.contains($0) || $0.kind == .full })
            }
            // And nothing is kept without a reason.
            #expect(retention.removals(of: backups.filter { left.contains($0.id) }, now: Self.now).isEmpty)
        }
    }

    @Test func thirtyFullOnesAndAWeekOfOthersAreKept() {
        let log = SHA256.hash("log")
        var backups: [Retention.Candidate] = []
        for day in 0..<60 {
            let full = BackupID(createdAt: Self.now - .seconds(86_400 * day), kind: .full, position: 6_000 - day * 100)
            backups.append(.init(id: full, parent: nil, log: log))
            let next = BackupID(
                createdAt: full.createdAt + .seconds(3_600), kind: .incremental, position: full.position + 10)
            backups.append(.init(id: next, parent: full, log: log))
        }
        let removals = Retention().removals(of: backups, now: Self.now)
        #expect(removals.count { $0.kind == .full } == 30)
        #expect(removals.count { $0.kind == .incremental } == 60 - 8)
    }

    @Test func aNameIsReadInItsOnlySpelling() {
        let id = BackupID(createdAt: Self.now + .milliseconds(345), kind: .full, position: 374)
        #expect("\(id)" == "20261121T120000Z-full-374")
        #expect(BackupID("20261121T120000Z-full-374") == id)
        for text in [
            "", "20261121T120000Z-full", "20261121T120000Z-full-0374", "20261121T120000Z-half-3", "../../etc/passwd",
            "20261321T120000Z-full-374", "20261121T120000Z-full-374/..", "20261121t120000Z-full-374",
            "20261121T120000Z-full-374-1", "20261121T120000Z-full-+74", "ÄÄÄÄÄÄÄÄ-full-1",
        ] {
            #expect(BackupID(text) == nil, "\(text)")
        }
    }
}

/// Carried out on a store.
@Suite struct PrunerTests {
    private func prune(
        _ system: LoggedSystem, _ secret: BackupSecret? = nil, isDryRun: Bool = false,
        _ change: (inout Retention) -> Void = { _ in }
    ) async throws -> BackupPruner.Outcome {
        var retention = Retention()
        retention.fullMax = 1
        change(&retention)
        return try await BackupPruner(system.shelf(secret), retention: retention, clock: system.clock)
            .prune(isDryRun: isDryRun)
    }

    @Test(arguments: [0, 1]) func whatNobodyNeedsGoesAndTheRestVerifies(_ index: Int) async throws {
        let secret = RoundTripTests.secrets[index]
        try await LoggedSystem.with { system in
            let gone = try system.addBlob(Array("needed by the old one alone".utf8))
            try await system.fill(100)
            let old = try await system.back(up: .full, secret)
            let oldNext = try await system.back(up: .incremental, secret)
            try Files.removeTree("\(system.blobs)/\(gone.hex.prefix(2))")
            try system.addBlob(Array("needed by all".utf8))
            system.clock.advance(by: .seconds(8 * 86_400))
            try await system.fill(100)
            let full = try await system.back(up: .full, secret)
            let next = try await system.back(up: .incremental, secret)
            let before = system.store.contents

            let plan = try await prune(system, secret, isDryRun: true)
            #expect(system.store.contents == before)
            let outcome = try await prune(system, secret)
            #expect(outcome == plan)
            #expect(outcome.backups == [oldNext.id, old.id])
            #expect(outcome.kept == [full.id, next.id])
            #expect(outcome.blobParts == 1)
            let taken =
                before.values.reduce(0) { $0 + $1.count } - system.store.contents.values.reduce(0) { $0 + $1.count }
            #expect(outcome.bytes == taken)
            let result = try await BackupVerifier(system.shelf(secret)).verify()
            #expect(result.isSound)
            #expect(result.backups == [full.id, next.id])
            #expect(result.blobs == 1)
            #expect(try await prune(system, secret).backups == [])
        }
    }

    @Test func whatWasNeverFinishedGoesAfterADayAndKeepsBlobsUntilThen() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(10)
            try await system.back(up: .full)
            let orphan = "blobs/ab/\(SHA256.hash("orphan").hex)-0001"
            let begun = BackupID(createdAt: system.clock.now(), kind: .full, position: 99)
            system.store.change { objects in
                objects[orphan] = [1]
                objects["backups/\(begun)/started"] = []
                objects["backups/\(begun)/log-000001.zst"] = [1, 2]
            }
            let early = try await prune(system)
            #expect(early.unfinished == [])
            #expect(early.blobsLeftBecause?.contains("\(begun)") == true)
            #expect(system.store.contents[orphan] != nil)
            system.clock.advance(by: .seconds(86_401))
            let late = try await prune(system)
            #expect(late.unfinished == [begun])
            #expect(system.store.contents[orphan] == nil)
            #expect(!system.store.names.contains { $0.contains("\(begun)") })
        }
    }

    @Test func withoutTheKeyNothingIsRemoved() async throws {
        try await LoggedSystem.with { system in
            try system.addBlob([1, 2, 3])
            try await system.fill(10)
            try await system.back(up: .full, .testKey)
            try await system.back(up: .full, .testKey)
            let before = system.store.contents
            let error = await #expect(throws: BackupError.self) { try await prune(system) }
            #expect(error?.code == .keyNeeded)
            #expect(system.store.contents == before)
        }
    }

    @Test func aPruneThatIsCutShortLeavesNoBrokenBackup() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(900)
            for _ in 0..<2 {
                try await system.back(up: .full)
                try await system.fill(10)
                try await system.back(up: .incremental)
            }
            system.clock.advance(by: .seconds(8 * 86_400))
            try await system.back(up: .full)
            let before = system.store.contents
            var cut = 0
            while true {
                cut += 1
                system.store.change { $0 = before }
                system.store.deleting.fail(at: cut)
                guard (try? await prune(system)) == nil else { break }
                let result = try await BackupVerifier(system.shelf()).verify()
                #expect(result.faults == [], "delete \(cut)")
            }
            #expect(cut > 10)
        }
    }
}
