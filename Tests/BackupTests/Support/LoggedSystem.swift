import Backup
import Cryptography
import JSON
import Migrations
import Postgres
import System
import Telemetry
import TestSupport

@testable import EventLog

/// A database with a log, a folder of blobs, and a store for its backups.
struct LoggedSystem: Sendable {
    let pool: PostgresPool
    let home: TemporaryFolder
    let store = MemoryStore()
    let clock = ScriptedWallClock(Timestamp("2026-11-21T12:00:00Z") ?? Timestamp(microsecondsSinceEpoch: 0))
    var blobs: String { home.path("blobs") }

    static let template = TestDatabase.Template("backup") { conninfo in
        let pool = try await makePool(conninfo)
        let root = Files.folder(of: Files.folder(of: Files.folder(of: Files.folder(of: #filePath))))
        try await Migrator(Migration.load(from: "\(root)/projections/migrations"), logger: .silent).run(in: pool)
        await pool.close()
    }

    static func with<Result: Sendable>(_ body: (LoggedSystem) async throws -> Result) async throws -> Result {
        try await TestDatabase.with(template: template) { database in
            let system = LoggedSystem(
                pool: try await makePool(database.conninfo), home: try TemporaryFolder("home"))
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(system)) } catch { result = .failure(error) }
            await system.pool.close()
            return try result.get()
        }
    }

    static func makePool(_ conninfo: String) async throws -> PostgresPool {
        try await PostgresPool(
            configuration: PoolConfiguration(connection: conninfo), metrics: Metrics(), logger: .silent)
    }

    /// Appends events of some categories, a second apart.
    ///
    /// - Parameters:
    ///   - mark: tells these events from others at the same positions.
    ///   - perCommand: how many of them each command leaves.
    func fill(_ count: Int, mark: String? = nil, perCommand: Int = 1) async throws {
        try await pool.transaction { connection in
            let head = try LogStatements.head(connection.query("lock", LogStatements.lockHead)).head
            var log = AppendBuffer(after: head, now: head.recordedAt)
            var events: [Event] = []
            for index in 0..<count {
                let first = head.position + 1 + index / perCommand * perCommand
                log = AppendBuffer(after: log.head, now: max(log.head.recordedAt, Self.firstTime) + .seconds(1))
                let position = log.head.position + 1
                events.append(
                    log.append(
                        EventDraft(
                            stream: UUID(high: 7, low: UInt64((position - 1) / 3)),
                            version: (position - 1) % 3 + 1,
                            category: ["character", "image", "note"][(position - 1) / 3 % 3], type: "character.updated",
                            schemaVersion: 1 + position % 2,
                            data: Array(
                                #"{"name": "Jenny \#(position)", "text": "Ærø\\n\#(position * 7919)\#(mark ?? "")"}"#
                                    .utf8),
                            meta: EventMeta(actor: "admin", command: UUID(high: 9, low: UInt64(first))).encoded())))
            }
            try connection.execute("fill", LogStatements.insert(events))
            try connection.execute("move", LogStatements.move(to: log.head))
        }
    }

    static let firstTime = Timestamp("2026-11-20T00:00:00Z") ?? Timestamp(microsecondsSinceEpoch: 0)

    /// Puts a blob into the folder.
    @discardableResult
    func addBlob(_ bytes: [UInt8]) throws -> SHA256Digest {
        let hash = SHA256.hash(bytes)
        try Files.makeFolder("\(blobs)/\(hash.hex.prefix(2))")
        try Files.replace("\(blobs)/\(hash.hex.prefix(2))/\(hash.hex)", with: bytes)
        return hash
    }

    func shelf(_ secret: BackupSecret? = nil, in other: (any BackupStore)? = nil) -> BackupShelf {
        BackupShelf(other ?? store, Keyring(secret, parameters: Self.cheap))
    }

    static let cheap = Argon2Parameters(memoryKibibytes: 256, passes: 1, lanes: 1)

    @discardableResult
    func back(
        up kind: BackupKind, _ secret: BackupSecret? = nil, in other: (any BackupStore)? = nil,
        storesBlobsAnew: Bool = false, segmentRawBytes: Int = 8_000, ticks: any Clock<Duration> = ContinuousClock()
    ) async throws -> Manifest {
        clock.advance(by: .seconds(60))
        let creator = BackupCreator(
            pool: pool, shelf: shelf(secret, in: other), blobs: blobs, clock: clock, ticks: ticks,
            storesBlobsAnew: storesBlobsAnew, segmentRawBytes: segmentRawBytes)
        return try await creator.create(kind, upTo: creator.head())
    }

    /// Makes the log what a restore into an empty system would make of it.
    func restore(_ reader: BackupReader, upTo last: Int) async throws {
        let head = try await EventReader(pool: pool).head()
        if head.position > 0 { try await LogFiller(pool: pool).takeBack(head) }
        if last > 0 { try await LogFiller(pool: pool).fill(upTo: last, from: reader.events(upTo: last)) }
    }

    /// A digest of each row of the log, as a backup holds them.
    func rows() async throws -> [SHA256Digest] {
        let last = try await EventReader(pool: pool).head().position
        return last == 0 ? [] : try await EventReader(pool: pool).rows(1...last).apart()
    }

    /// Every event up to the position, as the database has it.
    func events(upTo last: Int = .max) async throws -> [Event] {
        var filter = EventFilter()
        filter.upTo = last
        return try await EventReader(pool: pool).events(filter, limit: 1_000_000)
    }
}

extension AsyncSequence where Element == CopyBatch {
    /// A digest of each row.
    func apart() async throws -> [SHA256Digest] {
        var rows: [SHA256Digest] = []
        for try await batch in self {
            batch.forEachRow { row in rows.append(SHA256.hash(row.indices.map { row[$0] })) }
        }
        return rows
    }
}

extension BackupSecret {
    static let testKey = BackupSecret.key(SymmetricKey(Array(0..<32)))
    static let otherKey = BackupSecret.key(SymmetricKey(Array(1..<33)))
    static let testPassphrase = BackupSecret.passphrase("correct horse battery staple")
}
