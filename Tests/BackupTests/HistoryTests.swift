import Cryptography
import EventLog
import Postgres
import System
import TestSupport
import Testing

@testable import Backup

/// A log that was restored to an earlier point goes another way from there. Backups of both ways lie in one store, and a
/// position says nothing about which of them is meant.
@Suite struct HistoryTests {
    @Test func aPointComesBackFromTheHistoryThatWentOn() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(20, mark: "left")
            let left = try await system.back(up: .full)
            try await system.restore(.reaching(5, system.shelf()), upTo: 5)
            try await system.fill(26, mark: "kept")
            let kept = try await system.back(up: .full)
            let log = try await system.rows()
            for position in 0...31 {
                let reader = try await BackupReader.reaching(position, system.shelf())
                let rows = try await reader.events(upTo: position).apart()
                #expect(rows == Array(log.prefix(position)), "position \(position)")
            }
            // What was left is still there for whoever names it.
            let old = try await BackupReader(system.shelf(), of: left.id).events(upTo: 15).apart()
            #expect(old != Array(log.prefix(15)) && old.prefix(5) == log.prefix(5))
            #expect(try await BackupReader.newest(system.shelf()).chain == [kept])
        }
    }

    @Test func aPointThatOnlyALeftHistoryReachesIsRefusedAndTheChoiceIsNamed() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(20, mark: "left")
            let left = try await system.back(up: .full)
            try await system.restore(.reaching(5, system.shelf()), upTo: 5)
            try await system.fill(3, mark: "kept")
            let kept = try await system.back(up: .full)
            let error = await #expect(throws: BackupError.self) {
                try await BackupReader.reaching(15, system.shelf())
            }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains("\(kept.id)") == true)
            #expect(error?.advice.contains("lifeos backup restore \(left.id) --to 15") == true)
        }
    }

    @Test func aClockThatWasSetBackMakesNoOlderBackupTheNewest() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(10)
            var made = [try await system.back(up: .full)]
            system.clock.advance(by: .seconds(-3 * 86_400))
            try await system.fill(10)
            made.append(try await system.back(up: .incremental))
            #expect(made[1].parent == made[0].id && made[1].createdAt < made[0].createdAt)
            try await system.fill(10)
            made.append(try await system.back(up: .full))
            let ids = try await system.shelf().entries().map(\.id)
            #expect(ids == made.map(\.id))
            #expect(try await BackupReader.newest(system.shelf()).chain == [made[2]])
            // Nor does its time make a young one old.
            var retention = Retention()
            retention.fullMax = 1
            system.clock.advance(by: .seconds(3 * 86_400))
            let outcome = try await BackupPruner(system.shelf(), retention: retention, clock: system.clock).prune()
            #expect(outcome.backups == [] && outcome.kept == ids)
        }
    }

    /// Earlier versions named backups by the clock alone.
    @Test func whatContinuesABackupIsNewerWhateverItsName() async throws {
        try await LoggedSystem.with { system in
            try await system.fill(10)
            let full = try await system.back(up: .full)
            try await system.fill(10)
            var next = try await system.back(up: .incremental)
            let former = next.id.folder
            next.id = BackupID(
                createdAt: full.id.createdAt - .seconds(86_400), kind: .incremental, position: next.head.position)
            let manifest = try ManifestFile.write(next, nil)
            system.store.change { [next] objects in
                for (name, bytes) in objects where name.hasPrefix(former) {
                    objects[name] = nil
                    objects[next.id.folder + name.dropFirst(former.count)] = bytes
                }
                objects[next.path] = manifest
            }
            #expect(try await BackupReader.newest(system.shelf()).chain == [full, next])
        }
    }

    /// Whatever was done before: a restore brings the history of the last backup that was made, or says why not.
    @Test func anyHistoryOfWorkBackupsAndRestoresBringsBackWhatWasThere() async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(6) {
            let seed = random.next()
            try await LoggedSystem.with { system in
                var course = Course(system: system, random: SeededRandom(seed: seed))
                for _ in 0..<30 { try await course.step() }
                #expect(try await BackupVerifier(system.shelf()).verify().faults == [], "\(course.told)")
            }
        }
    }
}

/// A random course of events, and the model of it: which rows each backup holds.
private struct Course {
    let system: LoggedSystem
    var random: SeededRandom
    /// In the order they were made.
    private var backups: [(id: BackupID, rows: [SHA256Digest])] = []
    private(set) var told: [String] = []

    init(system: LoggedSystem, random: SeededRandom) {
        self.system = system
        self.random = random
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<5: try await work()
        case 5..<7: try await backUp(.full)
        case 7..<11: try await backUp(.incremental)
        case 11..<14: try await restore()
        case 14: turnClock()
        default: try await prune()
        }
    }

    private mutating func work() async throws {
        let count = Int.random(in: 1...12, using: &random)
        told.append("work \(count)")
        try await system.fill(count, mark: "\(random.next())")
    }

    private mutating func turnClock() {
        let seconds = Int.random(in: -400_000...400_000, using: &random)
        told.append("clock \(seconds)")
        system.clock.advance(by: .seconds(seconds))
    }

    private mutating func backUp(_ kind: BackupKind) async throws {
        let manifest: Manifest
        do {
            manifest = try await system.back(up: kind, segmentRawBytes: 1_500)
        } catch let error as BackupError where kind == .incremental && error.code == .noParent {
            told.append("no parent")
            return
        }
        told.append("\(manifest.id)")
        backups.append((manifest.id, try await system.rows()))
    }

    private mutating func prune() async throws {
        var retention = Retention()
        retention.fullMax = Int.random(in: 1...3, using: &random)
        let outcome = try await BackupPruner(system.shelf(), retention: retention, clock: system.clock).prune()
        told.append("prune \(outcome.backups)")
        #expect(outcome.backups.contains { $0 == backups.last?.id } == false, "\(told)")
        backups.removeAll { outcome.backups.contains($0.id) }
    }

    private mutating func restore() async throws {
        let furthest = backups.map(\.rows.count).max() ?? 0
        let position = Int.random(in: 0...furthest + 2, using: &random)
        told.append("restore \(position)")
        guard let newest = backups.last, position <= newest.rows.count else { return try await expectRefusal(position) }
        let reader = try await BackupReader.reaching(position, system.shelf())
        let rows = try await reader.events(upTo: position).apart()
        #expect(rows == Array(newest.rows.prefix(position)), "\(reader.chain.map(\.id)) \(told)")
        if Bool.random(using: &random) {
            told.append("and go on from there")
            try await system.restore(reader, upTo: position)
        }
    }

    private func expectRefusal(_ position: Int) async throws {
        let error = await #expect(throws: BackupError.self, "\(told)") {
            try await BackupReader.reaching(position, system.shelf())
        }
        #expect(error?.code == .notFound, "\(told)")
        // The last that reaches it is named.
        guard let choice = backups.last(where: { $0.rows.count >= position }) else { return }
        #expect(error?.advice.contains("\(choice.id) --to \(position)") == true, "\(told)")
    }
}
