import Accounts
public import Backup
import Cryptography
public import Entities
import EventLog
public import HTTPServer
import JSON
import System

/// Making, listing and verifying backups. Restoring needs no server: see `lifeos backup restore`.
public struct BackupRoutes: Sendable {
    private let service: EntityService
    private let background: Background
    private let shelf: BackupShelf
    private let blobs: String?
    private let effects: Effects

    static let exclusion = "backup"

    /// - Parameters:
    ///   - blobs: the folder of blobs.
    ///   - effects: whether backups may be made at all; in a fork they may not, lest they be taken for the installation's.
    public init(
        service: EntityService, background: Background, shelf: BackupShelf, blobs: String?, effects: Effects = .allowed
    ) {
        self.service = service
        self.background = background
        self.shelf = shelf
        self.blobs = blobs
        self.effects = effects
    }

    public func declare(in router: inout Router) {
        router.group("/api/v2/admin/backups") { routes in
            routes.get("", info: info("list", "List the backups, the oldest first.", .backups)) { _ in
                try await list()
            }
            routes.post("", info: info("create", "Create a backup.", .backupCreation), .order) { request, order in
                try await create(request, order)
            }
            routes.post(
                "/{id}/verify",
                info: info("verify", "Verify every hash of a backup and of those it depends on.", .backupVerification),
                .path("id", .text, "The backup's name."), .order
            ) { request, name, order in try await verify(name, request, order) }
        }
    }

    private func info(_ verb: String, _ summary: String, _ description: RouteDescription) -> RouteInfo {
        RouteInfo("backups.\(verb)", summary, in: "Backups", needs: .makeBackups, description)
    }

    /// What is to be backed up.
    static let creation = JSONShape.object(
        .optional("kind", .choice(of: BackupKind.self), default: .full), build: { $0 })

    private func list() async throws -> Response {
        let entries = try await translating { try await shelf.entries() }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("target", "\(shelf.store)")
            writer.field("items") { writer in
                writer.array(of: entries) { Self.write($1, into: &$0) }
            }
        }
        return .json(writer.bytes)
    }

    private static func write(_ entry: BackupShelf.Entry, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", entry.id.description)
            writer.field("kind", entry.id.kind.rawValue)
            let createdAt = if case .backup(let manifest) = entry { manifest.createdAt } else { entry.id.createdAt }
            writer.field("created_at", createdAt.description)
            writer.field("position", entry.id.position)
            switch entry {
            case .unfinished: writer.field("state", "unfinished")
            case .damaged(_, let error):
                writer.field("state", "damaged")
                writer.field("detail", error.description)
            case .backup(let manifest):
                writer.field("state", "whole")
                writer.field("after", manifest.after.position)
                writer.field("head_hash", manifest.head.hash.hex)
                writer.field("events", manifest.eventCount)
                writer.field("bytes", manifest.storedBytes)
                writer.field("blobs", manifest.blobCount)
                writer.field("encrypted", manifest.encryption != nil)
                if let parent = manifest.parent { writer.field("parent", parent.description) }
            }
        }
    }

    private func create(_ request: Request, _ order: CommandRequest) async throws -> Response {
        let kind = try request.json(as: Self.creation)
        do { try effects.ask(for: "backup") } catch { throw Problem.conflict(error.description) }
        let creator = BackupCreator(pool: service.pool, shelf: shelf, blobs: blobs)
        // Before the operation begins: what is restored has no operation in it that never ends.
        let head = try await creator.head()
        let work = Background.Work(
            "backup", kind == .full ? "Full backup" : "Incremental backup", exclusion: Self.exclusion,
            whenStopped: "No backup was created."
        ) { parameters, reporter in
            let kind = parameters["kind"]?.string.flatMap { BackupKind(rawValue: $0) } ?? .full
            let manifest = try await creator.create(kind, upTo: head) {
                reporter.report(done: $0, total: $1, message: "backing up")
            }
            return [
                "id": .string(manifest.id.description), "kind": .string(kind.rawValue),
                "position": .integer(manifest.head.position), "bytes": .integer(manifest.storedBytes),
            ]
        }
        return try await background.accept(
            work,
            [
                "kind": .string(kind.rawValue), "target": .string("\(shelf.store)"),
                "position": .integer(head.position),
            ], request, order)
    }

    private func verify(_ text: String, _ request: Request, _ order: CommandRequest) async throws -> Response {
        let entries = try await translating { try await shelf.entries() }
        guard let id = BackupID(text), entries.contains(where: { $0.id == id }) else {
            throw Problem.notFound("There is no backup \(text). List them at /api/v2/admin/backups.")
        }
        let work = Background.Work("backup_verify", "Verification of the backup \(id)") { _, reporter in
            let result = try await BackupVerifier(shelf).verify([id]) {
                reporter.report(done: $0, total: $1, message: "verifying")
            }
            guard result.isSound else { throw UnsoundBackup(faults: result.faults) }
            return [
                "backups": .array(result.backups.map { .string($0.description) }), "events": .integer(result.events),
                "blobs": .integer(result.blobs),
            ]
        }
        return try await background.accept(work, ["id": .string(id.description)], request, order)
    }

    /// The store is a part of the system like the database: when it is away, trying again may help.
    private func translating<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as BackupError {
            throw Problem.serviceUnavailable(error.description, retryAfter: .seconds(30), code: "backups_unavailable")
        }
    }
}

/// A backup that is not as it was written: its verification is recorded as failed, with what is wrong.
struct UnsoundBackup: Error, CustomStringConvertible {
    let faults: [BackupFault]

    private static let namedMax = 20

    var description: String {
        let named = faults.prefix(Self.namedMax).map { "\($0.backup): \($0.explanation)" }.joined(separator: " ")
        let more = faults.count > Self.namedMax ? " And \(faults.count - Self.namedMax) more." : ""
        return
            "The backup is damaged. \(named)\(more) Do not rely on it: create a full backup, and keep this one until that is verified."
    }
}
