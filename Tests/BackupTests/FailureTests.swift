import Backup
import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

/// What fails leaves no backup.
@Suite struct FailureTests {
    @Test func aStoreThatFailsAtAnyWriteLeavesNothingThatListsAsABackup() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(900)
            try system.addBlob(Array("a blob".utf8))
            let counting = MemoryStore()
            try await system.back(up: .full, in: counting)
            let writes = counting.writing.calls
            #expect(writes > 6)
            for write in 1...writes {
                let store = MemoryStore()
                store.writing.fail(at: write)
                await #expect(throws: InjectedFault.self) { try await system.back(up: .full, in: store) }
                let entries = try await system.shelf(in: store).entries()
                #expect(entries.isEmpty, "write \(write)")
                #expect(store.names.allSatisfy { $0.hasPrefix("blobs/") }, "write \(write)")
                // And the next one is as if nothing had been.
                try await system.back(up: .full, in: store)
                #expect(try await BackupVerifier(system.shelf(in: store)).verify().isSound)
            }
        }
    }

    @Test func aStoreThatCannotEvenRemoveLeavesOnlyWhatIsUnfinished() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(900)
            let store = MemoryStore()
            store.writing.fail(at: 3)
            for call in 1...20 { store.deleting.fail(at: call) }
            await #expect(throws: InjectedFault.self) { try await system.back(up: .full, in: store) }
            let shelf = system.shelf(in: store)
            #expect(try await shelf.manifests().isEmpty)
            #expect(try await shelf.entries().count == 1)
            #expect(try await BackupVerifier(shelf).verify().isSound)
        }
    }

    @Test func aFullDiskIsSaidAndLeavesNothing() async throws {
        let folder = try TemporaryFolder("small-disk")
        let mounted = try await Program("/bin/mount", ["-t", "tmpfs", "-o", "size=96k", "tmpfs", folder.path]).run()
        guard mounted.exit.isSuccess else { return print("no small disk can be made here: \(mounted.errorText)") }
        do {
            try await LoggedSystem.with { system in
                var random = SeededRandom.forTest()
                try system.addBlob((0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) })
                try await system.fill(300)
                let store = FolderStore("\(folder.path)/backups")
                let error = await #expect(throws: BackupError.self) { try await system.back(up: .full, in: store) }
                #expect(error?.code == .store)
                #expect(error?.message.contains("full") == true)
                #expect(try await system.shelf(in: store).entries().isEmpty)
            }
            _ = try await Program("/bin/umount", [folder.path]).run()
        } catch {
            _ = try await Program("/bin/umount", [folder.path]).run()
            throw error
        }
    }

    @Test func aBrokenLogGivesAnErrorInsteadOfABackup() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(900)
            try await system.pool.withConnection { connection in
                try connection.runScript(
                    "tamper",
                    unsafeSQL: """
                        SET session_replication_role = replica;
                        UPDATE log.events SET data = '{"name": "somebody else"}' WHERE position = 700;
                        """)
            }
            let error = await #expect(throws: BackupError.self) { try await system.back(up: .full) }
            #expect(error?.code == .brokenLog)
            #expect(error?.message.contains("700") == true)
            #expect(error?.advice.contains("lifeos log verify") == true)
            #expect(system.store.names == [])
        }
    }

    @Test func anIncrementalBackupContinuesOnlyItsOwnLog() async throws {
        let store = MemoryStore()
        try await LoggedSystem.with { system in
            try await system.fill(50)
            let missing = await #expect(throws: BackupError.self) { try await system.back(up: .incremental, in: store) }
            #expect(missing?.code == .noParent)
            #expect(missing?.advice.contains("--full") == true)
            try await system.back(up: .full, in: store)
            try await system.fill(50)
            try await system.back(up: .incremental, in: store)
        }
        // The same beginning, but another way since: as a fork, or a log that was restored to an earlier point.
        try await LoggedSystem.with { system in
            try await system.fill(50)
            try await system.fill(49)
            system.clock.advance(by: .seconds(3_600))
            let error = await #expect(throws: BackupError.self) { try await system.back(up: .incremental, in: store) }
            #expect(error?.code == .noParent)
            #expect(store.names.count { $0.hasSuffix(".jsonl") } == 2)
            try await system.back(up: .full, in: store)
            try await system.fill(1)
            try await system.back(up: .incremental, in: store)
            #expect(try await BackupVerifier(system.shelf(in: store)).verify().isSound)
        }
    }

    @Test func aChainHasOneKey() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(5)
            try await system.back(up: .full, .testKey)
            for other in [nil, BackupSecret.otherKey, .testPassphrase] {
                let error = await #expect(throws: BackupError.self) { try await system.back(up: .incremental, other) }
                #expect(error?.code == .noParent)
            }
            try await system.back(up: .incremental, .testKey)
        }
    }

    @Test func aBackupMadeWhileOthersWriteHoldsEverythingUpToItsHead() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(500)
            let isEnough = Lock(false)
            let writing = Task { while !isEnough.withLock({ $0 }) { try await system.fill(20) } }
            var backups: [Manifest] = []
            for number in 0..<5 {
                let before = try await EventReader(pool: system.pool).head().position
                try await eventually("the log grows") {
                    try await EventReader(pool: system.pool).head().position > before
                }
                backups.append(try await system.back(up: number == 0 ? .full : .incremental))
            }
            isEnough.withLock { $0 = true }
            try await writing.value
            #expect(zip(backups, backups.dropFirst()).allSatisfy { $0.head == $1.after })
            #expect(try await BackupVerifier(system.shelf()).verify().isSound)
            let head = try #require(backups.last?.head)
            let event = try #require(try await EventReader(pool: system.pool).event(at: head.position))
            #expect(event.hash == head.hash)
        }
    }
}
