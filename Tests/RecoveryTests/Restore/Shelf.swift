import Backup
import Cryptography
import Entities
import EventLog
import JSON
import Postgres
import Projections
import Recovery
import System
import Telemetry
import TestStudio
import TestSupport

/// A studio's backups in a folder, and empty databases to bring them back into.
struct Shelf: Sendable {
    let studio: Studio
    let folder: TemporaryFolder
    var blobs: String { folder.path("blobs") }
    var store: String { folder.path("store") }

    static let key = BackupSecret.key(SymmetricKey(Array(0..<32)))

    init(_ studio: Studio) throws {
        self.studio = studio
        folder = try TemporaryFolder("restore")
    }

    func shelf(_ secret: BackupSecret? = Shelf.key) -> BackupShelf { BackupShelf(FolderStore(store), Keyring(secret)) }

    var reader: BackupReader { get async throws { try await .newest(shelf()) } }

    var blueprint: Blueprint {
        get throws { try Blueprint(projections: "\(Studio.root)/projections", events: ["\(Studio.root)/events"]) }
    }

    func restorer() async throws -> Restorer { Restorer(try await reader, try blueprint, logger: .silent) }

    @discardableResult
    func backUp(_ kind: BackupKind, of pool: PostgresPool? = nil) async throws -> Manifest {
        let creator = BackupCreator(
            pool: pool ?? studio.pool, shelf: shelf(), blobs: blobs, segmentRawBytes: 8_000)
        return try await creator.create(kind, upTo: creator.head())
    }

    func addBlob(_ bytes: [UInt8]) throws {
        let name = SHA256.hash(bytes).hex
        try Files.makeFolder("\(blobs)/\(name.prefix(2))")
        try Files.replace("\(blobs)/\(name.prefix(2))/\(name)", with: bytes)
    }

    /// Everything in a folder, by name.
    static func contents(_ folder: String) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for name in try Files.names(in: folder) {
            let path = "\(folder)/\(name)"
            if Files.isFolder(path) {
                for (inner, bytes) in try contents(path) { found["\(name)/\(inner)"] = bytes }
            } else {
                found[name] = try Files.read(path, limit: 1 << 26)
            }
        }
        return found
    }

    static func pool(_ conninfo: String) async throws -> PostgresPool {
        try await PostgresPool(configuration: .init(connection: conninfo), metrics: Metrics(), logger: .silent)
    }

    /// An empty database, not even migrated.
    static func withEmptyDatabase<Result: Sendable>(
        _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        try await TestDatabase.with { database in
            let pool = try await pool(database.conninfo)
            do {
                let result = try await body(pool)
                await pool.close()
                return result
            } catch {
                await pool.close()
                throw error
            }
        }
    }

    static func dump(_ pool: PostgresPool, _ studio: Studio) async throws -> [String: [String]] {
        var dump: [String: [String]] = [:]
        for file in try studio.files {
            dump[file.name] = try await pool.query(
                "dump", "SELECT t::text FROM live.\(identifier: file.name) AS t ORDER BY 1"
            ).decode(String.self)
        }
        return dump
    }

    /// The positions at which a command ends, worked out from the events one by one.
    static func commandEnds(_ events: [Event]) throws -> [Int] {
        let commands = try events.map { try JSONValue(parsing: $0.meta)["command"] }
        return [0] + events.indices.filter { $0 + 1 == events.count || commands[$0] != commands[$0 + 1] }.map { $0 + 1 }
    }

    static func events(_ pool: PostgresPool) async throws -> [Event] {
        try await EventReader(pool: pool).events(limit: 1_000_000)
    }
}
