import Cryptography
import System
import TestSupport
import Testing

@testable import Backup

/// Backups are made and removed at the same time, by processes that know nothing of each other but what lies in the store.
@Suite struct PruneRaceTests {
    private static let picture = Array("in an old backup, gone, and there again".utf8)

    /// A store where a prune has something to remove, and where the next backup would rely on just that: a blob that only a
    /// backup names that nobody wants any more.
    private func prepare(_ system: LoggedSystem) async throws {
        let hash = try system.addBlob(Self.picture)
        try await system.fill(40)
        try await system.back(up: .full)
        try Files.removeTree("\(system.blobs)/\(hash.hex.prefix(2))")
        system.clock.advance(by: .seconds(8 * 86_400))
        try await system.fill(40)
        try await system.back(up: .full)
        try await system.fill(40)
        try system.addBlob(Self.picture)
    }

    private func pruner(
        _ system: LoggedSystem, in store: (any BackupStore)? = nil, ticks: any Clock<Duration> = ContinuousClock()
    ) -> BackupPruner {
        var retention = Retention()
        retention.fullMax = 1
        return BackupPruner(system.shelf(in: store), retention: retention, clock: system.clock, ticks: ticks)
    }

    private func expectSound(_ system: LoggedSystem, _ comment: Comment) async throws {
        #expect(try await BackupVerifier(system.shelf()).verify().faults == [], comment)
        #expect(!system.store.names.contains { $0.hasPrefix(PruneMark.folder) }, comment)
    }

    @Test(arguments: BackupKind.allCases)
    func aPruneAtAnyMomentOfABackupLeavesBothWhole(_ kind: BackupKind) async throws {
        try await LoggedSystem.with { system in
            try await prepare(system)
            let before = system.store.contents
            var step = 0
            while true {
                step += 1
                system.store.change { $0 = before }
                let gate = FaultPoint("a backup's way to the store")
                gate.hold(at: step)
                let store = GatedStore(store: system.store, gate: gate)
                let creating = Task { try await system.back(up: kind, in: store, segmentRawBytes: 4_000) }
                let isDone = Lock(false)
                let watching = Task {
                    _ = await creating.result
                    isDone.withLock { $0 = true }
                }
                try await eventually("held or done") { gate.heldCount > 0 || isDone.withLock { $0 } }
                let wasHeld = gate.heldCount > 0
                _ = try await pruner(system).prune()
                gate.release()
                let made = try await creating.value
                await watching.value
                try await expectSound(system, "step \(step)")
                let newest = try await BackupReader.newest(system.shelf())
                #expect(newest.chain.last == made, "step \(step)")
                #expect(made.blobCount == 1, "step \(step)")
                if !wasHeld { break }
            }
            #expect(step > 12)
        }
    }

    @Test(arguments: BackupKind.allCases)
    func aBackupAtAnyMomentOfAPruneLeavesBothWhole(_ kind: BackupKind) async throws {
        try await LoggedSystem.with { system in
            try await prepare(system)
            let before = system.store.contents
            var step = 0
            while true {
                step += 1
                system.store.change { $0 = before }
                let gate = FaultPoint("a prune's way to the store")
                gate.hold(at: step)
                let pruner = pruner(system, in: GatedStore(store: system.store, gate: gate))
                let pruning = Task { try await pruner.prune() }
                let isPruned = Lock(false)
                let watching = Task {
                    _ = await pruning.result
                    isPruned.withLock { $0 = true }
                }
                try await eventually("held or done") { gate.heldCount > 0 || isPruned.withLock { $0 } }
                let wasHeld = gate.heldCount > 0
                let ticks = ScriptedClock()
                let isMade = Lock(false)
                let creating = Task {
                    defer { isMade.withLock { $0 = true } }
                    return try await system.back(up: kind, segmentRawBytes: 4_000, ticks: ticks)
                }
                // One sleeper shows life; the second waits for the prune to end.
                try await eventually("made or waiting") { isMade.withLock { $0 } || ticks.sleeperCount == 2 }
                gate.release()
                _ = try await pruning.value
                await watching.value
                try await eventually("made") {
                    ticks.advance(by: .seconds(1))
                    return isMade.withLock { $0 }
                }
                let made = try await creating.value
                try await expectSound(system, "step \(step)")
                let newest = try await BackupReader.newest(system.shelf())
                #expect(newest.chain.last == made, "step \(step)")
                if !wasHeld { break }
            }
            #expect(step > 12)
        }
    }

    @Test func aBackupThatTakesLongerThanADayIsNotTakenForAbandoned() async throws {
        try await LoggedSystem.with { system in
            try await prepare(system)
            let gate = FaultPoint("a backup's way to the store")
            // Where its second segment is stored.
            gate.hold(at: 11)
            let ticks = ScriptedClock()
            let store = GatedStore(store: system.store, gate: gate)
            let creating = Task { try await system.back(up: .full, in: store, segmentRawBytes: 4_000, ticks: ticks) }
            try await gate.waitUntilHeld()
            system.clock.advance(by: .seconds(30 * 3_600))
            let now = Array(system.clock.now().description.utf8)
            ticks.advance(by: BackupCreator.renewalPause)
            try await eventually("it shows that it is at work") { system.store.contents.values.contains(now) }
            let outcome = try await pruner(system).prune()
            #expect(outcome.unfinished == [] && outcome.blobsLeftBecause?.contains("is being made") == true)
            gate.release()
            _ = try await creating.value
            try await expectSound(system, "afterwards")
        }
    }

    /// Its maker was held up for more than a day, so its beginnings were removed: then it must not end as a backup.
    @Test func aBackupThatWasRemovedWhileItWasMadeIsNone() async throws {
        try await LoggedSystem.with { system in
            try await prepare(system)
            let before = system.store.contents
            var (step, removed) = (2, 0)
            while true {
                step += 1
                system.store.change { $0 = before }
                let gate = FaultPoint("a backup's way to the store")
                gate.hold(at: step)
                let store = GatedStore(store: system.store, gate: gate)
                let creating = Task { try await system.back(up: .incremental, in: store, segmentRawBytes: 4_000) }
                let end = Lock<Result<Manifest, any Error>?>(nil)
                let watching = Task {
                    let result = await creating.result
                    end.withLock { $0 = result }
                }
                try await eventually("held or done") { gate.heldCount > 0 || end.withLock { $0 != nil } }
                let wasHeld = gate.heldCount > 0
                system.clock.advance(by: .seconds(30 * 3_600))
                let unfinished = try await pruner(system).prune().unfinished
                gate.release()
                await watching.value
                switch end.withLock({ $0 }) {
                case .success(let made): #expect(unfinished == [], "step \(step): \(made.id)")
                case .failure(let error as BackupError):
                    removed += 1
                    #expect(error.code == .store && !unfinished.isEmpty, "step \(step): \(error)")
                    #expect(try await system.shelf().manifests().count == 1, "step \(step)")
                case .failure(let error): Issue.record(error)
                case nil: Issue.record("it has no end")
                }
                try await expectSound(system, "step \(step)")
                if !wasHeld { break }
            }
            #expect(removed > 5)
        }
    }

    @Test func aPruneThatWasKilledKeepsNobodyWaitingForEver() async throws {
        try await LoggedSystem.with { system in
            try await prepare(system)
            system.store.change { $0["\(PruneMark.folder)left"] = Array("7\n".utf8) }
            let ticks = ScriptedClock()
            let isMade = Lock(false)
            let creating = Task {
                defer { isMade.withLock { $0 = true } }
                return try await system.back(up: .full, ticks: ticks)
            }
            try await ticks.waitForSleepers(2)
            ticks.advance(by: PruneMark.deadAfter - .seconds(2))
            try await ticks.waitForSleepers(2)
            #expect(!isMade.withLock { $0 })
            try await eventually("made") {
                ticks.advance(by: .seconds(1))
                return isMade.withLock { $0 }
            }
            _ = try await creating.value
            try await expectSound(system, "afterwards")
        }
    }

    @Test func aPruneThatWasTakenForDeadRemovesNothingMore() async throws {
        try await LoggedSystem.with { system in
            try await prepare(system)
            let gate = FaultPoint("a prune's way to the store")
            let ticks = ScriptedClock()
            let pruner = pruner(system, in: GatedStore(store: system.store, gate: gate), ticks: ticks)
            // Both plans are made by then, and the first object is about to go.
            system.store.deleting.hold(at: 1)
            let pruning = Task { try await pruner.prune() }
            try await system.store.deleting.waitUntilHeld()
            let left = system.store.contents
            system.store.change { objects in
                for name in objects.keys where name.hasPrefix(PruneMark.folder) { objects[name] = nil }
            }
            try await ticks.waitForSleepers(1)
            ticks.advance(by: PruneMark.renewalPause)
            try await ticks.waitForSleepers(1)
            system.store.deleting.release()
            let error = await #expect(throws: BackupError.self) { try await pruning.value }
            #expect(error?.code == .store && error?.advice.contains("lifeos backup prune") == true)
            #expect(system.store.names.count >= left.count - 2)
            try await expectSound(system, "afterwards")
        }
    }
}
