import Cryptography
import EventLog
import Postgres
import System

/// Finds what an incremental backup continues.
extension BackupCreator {
    struct Source {
        let installation: UUID
        let log: SHA256Digest
        let logID: LogID
    }

    func source() async throws -> Source {
        let installation = try await pool.query("backup_installation", "SELECT id FROM installation").only(UUID.self)
        return Source(
            installation: installation, log: try await hash(at: 1) ?? .zero,
            logID: try await EventReader(pool: pool).identity().identity.id)
    }

    private func hash(at position: Int) async throws -> SHA256Digest? {
        position == 0 ? .zero : try await EventReader(pool: pool).event(at: position)?.hash
    }

    /// The newest backup of this log, whose head has to be in our chain.
    func parent(among known: [Manifest], _ source: Source, upTo head: LogHead) async throws -> Manifest {
        guard let newest = known.last(where: { $0.log == source.log }) else {
            throw BackupError(
                .noParent, "\(shelf.store) holds no backup of this log that could be continued.",
                advice: "Create a full one first: lifeos backup create --full")
        }
        guard newest.head.position <= head.position, try await hash(at: newest.head.position) == newest.head.hash else {
            throw BackupError(
                .noParent,
                "The newest backup, \(newest.id), ends with an event that is not in this log: one of them went "
                    + "another way since.",
                advice: "If this log is the right one, create a full backup: lifeos backup create --full")
        }
        return newest
    }

    /// The backup with all it needs.
    func chainToContinue(_ parent: Manifest) async throws -> [Manifest] {
        do {
            return try await shelf.chain(to: parent.id)
        } catch let error as BackupError where error.code == .damaged {
            throw BackupError(
                .noParent, "The newest backup cannot be continued. \(error.message)",
                advice: "Create a full one: lifeos backup create --full")
        }
    }

    /// Whoever restores has one key, so a chain has one.
    static func checkSameKey(_ parent: Manifest, _ encryption: Manifest.Encryption?) throws(BackupError) {
        if parent.encryption == encryption { return }
        throw BackupError(
            .noParent, "\(parent.id) is \(parent.encryption == nil ? "not encrypted" : "encrypted with another key").",
            advice: "Start again with a full backup: lifeos backup create --full")
    }
}
