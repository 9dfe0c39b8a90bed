import Backup
import Cryptography
import Entities
import EventLog
import Postgres
import Recovery
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// One after the other: each wants connections to several databases.
@Suite(.serialized) struct RestoreTests {
    private func installation(_ pool: PostgresPool) async throws -> UUID {
        try await pool.query("installation", "SELECT id FROM installation").only(UUID.self)
    }

    /// A studio with a full backup, an incremental one, and blobs.
    private func withBackups(_ body: @Sendable (Studio, Shelf) async throws -> Void) async throws {
        try await Studio.with { studio in
            let shelf = try Shelf(studio)
            // Databases of tests are copies of one, so they are all called the same.
            try await studio.pool.execute("name", "UPDATE installation SET id = gen_random_uuid()")
            try await Scribe(studio: studio).tell(12)
            for text in ["", "a picture", "another"] { try shelf.addBlob(Array(text.utf8)) }
            try await shelf.backUp(.full)
            try await Scribe(studio: studio).tell(4, from: 12)
            try shelf.addBlob(Array("the last".utf8))
            try await shelf.backUp(.incremental)
            try await body(studio, shelf)
        }
    }

    @Test func everythingComesBack() async throws {
        try await withBackups { studio, shelf in
            try await Shelf.withEmptyDatabase { pool in
                let told = Lock<Set<FillingProgress.Phase>>([])
                let blobs = shelf.folder.path("restored")
                let report = try await shelf.restorer().restore(into: pool, blobs: blobs) { progress in
                    told.withLock { _ = $0.insert(progress.phase) }
                }
                let events = try await Shelf.events(studio.pool)
                #expect(try await Shelf.events(pool) == events)
                #expect(report.head == (try await EventReader(pool: studio.pool).head()))
                #expect(report.verifiedCount == events.count && report.blobsWritten == 4)
                #expect(report.checked.count == (try studio.files.count))
                #expect(told.withLock { $0 } == Set(FillingProgress.Phase.allCases))
                #expect(report.seconds.map(\.phase) == [.blobs, .copying, .building, .verifying, .checking])
                #expect(try await installation(pool) == installation(studio.pool))
                #expect(try Shelf.contents(blobs) == Shelf.contents(shelf.blobs))
                #expect(try await Shelf.dump(pool, studio) == studio.dump())
                // Backups go on where they were.
                let next = try await shelf.backUp(.incremental, of: pool)
                #expect(next.eventCount == 0 && next.parent != nil)
            }
        }
    }

    /// Nobody can know whether the lost log had not gone further than its last backup, so it is never the same again.
    @Test func aRestoredLogIsAnotherOneAndKnowsWhichItContinues() async throws {
        try await withBackups { studio, shelf in
            // Databases of tests are copies of one.
            let anew = "UPDATE log.head SET log_id = gen_random_uuid()" as SQL
            try await studio.pool.execute("anew", anew)
            let named = try await shelf.backUp(.incremental)
            let source = try await EventReader(pool: studio.pool).identity().identity
            #expect(named.logID == source.id)
            let ends = try Shelf.commandEnds(try await Shelf.events(studio.pool))
            for last in [nil, ends[ends.count / 2]] {
                try await Shelf.withEmptyDatabase { pool in
                    let report = try await shelf.restorer().restore(upTo: last, into: pool, blobs: nil)
                    let restored = try await EventReader(pool: pool).identity().identity
                    #expect(restored.id != source.id)
                    #expect(restored.predecessor == LogPredecessor(log: source.id, position: report.head.position))
                }
            }
        }
    }

    @Test func anyEarlierPointComesBack() async throws {
        var random = SeededRandom.forTest()
        let parts = (0..<Effort.rounds(3)).map { _ in Double.random(in: 0...1, using: &random) }
        try await withBackups { studio, shelf in
            let events = try await Shelf.events(studio.pool)
            let ends = try Shelf.commandEnds(events)
            for last in [0] + parts.map({ ends[Int($0 * Double(ends.count))] }) {
                let reader = try await BackupReader.reaching(last, shelf.shelf())
                try await Shelf.withEmptyDatabase { pool in
                    let report = try await Restorer(reader, shelf.blueprint, logger: .silent).restore(
                        upTo: last, into: pool, blobs: nil)
                    #expect(report.head.position == last)
                    #expect(try await Shelf.events(pool) == Array(events.prefix(last)))
                }
            }
        }
    }

    /// A repetition of its last command would be answered with a state that never was.
    @Test func aPointWithinACommandIsRefusedAndBothItsEndsAreNamed() async throws {
        try await withBackups { studio, shelf in
            let events = try await Shelf.events(studio.pool)
            let ends = try Shelf.commandEnds(events)
            // The first character brings its tag along.
            #expect(events[0].category == "tag" && events[1].category == "character" && !ends.contains(1))
            let after = try #require(ends.first { $0 > 1 })
            let inside = InsideCommand(position: 1, before: 0, after: after)
            #expect(inside.description.contains("positions 1 to \(after)") && inside.advice.contains("Choose 0"))
            try await Shelf.withEmptyDatabase { pool in
                try await shelf.blueprint.migrate(pool, logger: .silent)
                await #expect(throws: inside) {
                    try await shelf.restorer().restore(upTo: 1, into: pool, blobs: nil)
                }
                #expect(try await Shelf.events(pool).isEmpty)
            }
            let forks = Forks(pool: studio.pool, blueprint: try shelf.blueprint, logger: .silent)
            await #expect(throws: inside) { try await forks.make(name: "half", at: 1) }
            await #expect(throws: inside) { try await forks.restore(name: "half", shelf.reader, upTo: 1) }
            #expect(try await forks.all().isEmpty)
        }
    }

    @Test func nothingIsEverOverwritten() async throws {
        try await withBackups { studio, shelf in
            let before = try await Shelf.events(studio.pool)
            await #expect(throws: RestoreError.logNotEmpty(head: before.count)) {
                try await shelf.restorer().restore(into: studio.pool, blobs: shelf.blobs)
            }
            await #expect(throws: RestoreError.endsBefore(position: 100_000, head: before.count)) {
                try await shelf.restorer().restore(upTo: 100_000, into: studio.pool, blobs: nil)
            }
            await #expect(throws: NewDatabaseError.taken(studio.database.name)) {
                try await shelf.restorer().restore(intoNew: studio.database.name, beside: studio.pool, blobs: nil)
            }
            #expect(try await Shelf.events(studio.pool) == before)
        }
    }

    /// Whatever happens to a backup: an error, and a database that is as it was.
    @Test func aDamagedBackupLeavesNothing() async throws {
        var random = SeededRandom.forTest()
        let seeds = (0..<Effort.rounds(25)).map { _ in UInt64.random(in: 0...UInt64.max, using: &random) }
        try await withBackups { studio, shelf in
            let objects = try Shelf.contents(shelf.store)
            try await Shelf.withEmptyDatabase { pool in
                try await shelf.blueprint.migrate(pool, logger: .silent)
                let before = try await installation(pool)
                for seed in seeds {
                    var random = SeededRandom(seed: seed)
                    guard let (name, bytes) = objects.sorted(by: { $0.key < $1.key }).randomElement(using: &random)
                    else { return }
                    try Damage.random(using: &random).apply(to: "\(shelf.store)/\(name)", bytes, using: &random)
                    await #expect(throws: (any Error).self, "\(name), seed \(seed)") {
                        // Without the newest manifest, the backup before it is the newest, and whole.
                        let reader = try await shelf.reader
                        guard reader.chain.count == 2 else { throw Gone() }
                        let restorer = Restorer(reader, try shelf.blueprint, logger: .silent)
                        _ = try await restorer.restore(into: pool, blobs: shelf.folder.path("elsewhere-\(seed)"))
                    }
                    #expect(try await EventReader(pool: pool).head() == .start)
                    #expect(try await Shelf.events(pool).isEmpty)
                    #expect(try await installation(pool) == before)
                    try Files.replace("\(shelf.store)/\(name)", with: bytes)
                }
                let report = try await shelf.restorer().restore(into: pool, blobs: nil)
                #expect(report.head == (try await EventReader(pool: studio.pool).head()))
            }
        }
    }

    private struct Gone: Error {}

    @Test func anotherKeyIsNoKey() async throws {
        try await withBackups { _, shelf in
            for secret in [nil, BackupSecret.key(SymmetricKey(Array(1..<33))), .passphrase("not a key at all")] {
                await #expect(throws: BackupError.self) { try await BackupReader.newest(shelf.shelf(secret)) }
            }
        }
    }

    /// The log is in when the tables turn out to be impossible: it is taken out again.
    @Test func whatFailsLateLeavesNothingEither() async throws {
        try await withBackups { studio, shelf in
            let folder = try TemporaryFolder("impossible-tables")
            try Files.makeFolder(folder.path("migrations"))
            for place in ["", "migrations/"] {
                for name in try Files.names(in: "\(Studio.root)/projections/\(place)") where name.hasSuffix(".sql") {
                    let text = try Files.readText("\(Studio.root)/projections/\(place)\(name)")
                    let table = text.replacing("-- part: indexes", with: "-- part: indexes\nSELECT 1 / 0;")
                    try Files.replace(folder.path("\(place)\(name)"), with: Array(table.utf8))
                }
            }
            let narrow = try Blueprint(projections: folder.path, events: ["\(Studio.root)/events"])
            try await Shelf.withEmptyDatabase { pool in
                await #expect(throws: (any Error).self) {
                    try await Restorer(shelf.reader, narrow, logger: .silent).restore(into: pool, blobs: nil)
                }
                #expect(try await EventReader(pool: pool).head() == .start)
                #expect(try await Shelf.events(pool).isEmpty)
                #expect(try await installation(pool) != installation(studio.pool))
                _ = try await shelf.restorer().restore(into: pool, blobs: nil)
                #expect(try await Shelf.events(pool) == Shelf.events(studio.pool))
            }
        }
    }

    @Test func aNewDatabaseIsThereWholeOrNotAtAll() async throws {
        try await withBackups { studio, shelf in
            let name = "\(studio.database.name)_again"
            func exists() async throws -> Bool {
                try await studio.pool.query(
                    "exists", "SELECT EXISTS (SELECT FROM pg_database WHERE datname = \(name))"
                ).only(Bool.self)
            }
            let state = Monitor((isReached: false, isCancelled: false))
            let making = Task {
                try await shelf.restorer().restore(intoNew: name, beside: studio.pool, blobs: nil) { progress in
                    guard progress.phase == .verifying else { return }
                    state.withLock { $0.isReached = true }
                    _ = state.wait(until: { $0.isCancelled }, atMost: .seconds(20)) { _ in }
                }
            }
            try await eventually("the log is in") { state.withLock { $0.isReached } }
            #expect(try await exists())
            making.cancel()
            state.withLock { $0.isCancelled = true }
            await #expect(throws: (any Error).self) { try await making.value }
            #expect(try await exists() == false)
            let report = try await shelf.restorer().restore(intoNew: name, beside: studio.pool, blobs: nil)
            #expect(try await exists())
            #expect(report.head == (try await EventReader(pool: studio.pool).head()))
            try await studio.pool.execute("drop", "DROP DATABASE \(identifier: name)")
        }
    }

    @Test func aForkCanComeOutOfABackup() async throws {
        try await withBackups { studio, shelf in
            let events = try await Shelf.events(studio.pool)
            let forks = Forks(pool: studio.pool, blueprint: try shelf.blueprint, logger: .silent)
            let ends = try Shelf.commandEnds(events)
            for (name, last) in [("middle", ends[ends.count / 2]), ("all", events.count)] {
                let fork = try await forks.restore(name: name, shelf.reader, upTo: last)
                #expect(fork.origin?.position == last)
                let pool = try await forks.open(fork)
                #expect(try await Shelf.events(pool) == Array(events.prefix(last)))
                #expect(try await ForkOrigin.read(from: pool) == fork.origin)
                await pool.close()
                try await forks.drop(name)
            }
        }
    }
}

/// What can happen to an object of a backup.
private enum Damage: CaseIterable {
    case flip, cutOff, remove, empty, append

    static func random(using random: inout SeededRandom) -> Damage {
        allCases.randomElement(using: &random) ?? .flip
    }

    func apply(to path: String, _ bytes: [UInt8], using random: inout SeededRandom) throws {
        var bytes = bytes
        switch self {
        case .flip where !bytes.isEmpty:
            bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .cutOff where !bytes.isEmpty: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        case .remove, .flip, .cutOff: return try Files.remove(path)
        case .empty: bytes = bytes.isEmpty ? [0] : []
        case .append: bytes.append(0)
        }
        try Files.replace(path, with: bytes)
    }
}
