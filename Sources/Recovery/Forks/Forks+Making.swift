public import Backup
import Cryptography
import Entities
import EventLog
import Postgres
import System
import Telemetry

extension Forks {
    /// Makes a fork that holds everything up to and including that position, with the same hashes.
    ///
    /// What is half done is removed when this throws; when the process is killed, the list has it as unfinished.
    ///
    /// - Parameter reason: why; kept with the fork.
    /// - Throws: ``ForkError``, ``NewDatabaseError``, ``InsideCommand``
    public func make(
        name text: String, at position: Int, reason: String? = nil,
        progress: @escaping @Sendable (FillingProgress) -> Void = { _ in }
    ) async throws -> Fork {
        let reader = EventReader(pool: pool)
        let head = try await reader.head()
        guard position <= head.position else { throw ForkError.future(head: head.position) }
        var hash = LogHead.start.hash
        if position > 0 {
            guard let event = try await reader.event(at: position) else { throw ForkError.gone(position) }
            hash = event.hash
        }
        let end = try await reader.commandEnd(at: position)
        return try await make(
            name: text, upTo: end, expecting: hash, of: reader.identity().identity.id,
            from: reader.rows(1...max(1, position)), reason: reason, progress: progress)
    }

    /// Makes a fork out of a backup, up to and including that position of it.
    public func restore(
        name text: String, _ backup: BackupReader, upTo position: Int, reason: String? = nil,
        progress: @escaping @Sendable (FillingProgress) -> Void = { _ in }
    ) async throws -> Fork {
        guard position <= backup.head.position else { throw ForkError.future(head: backup.head.position) }
        let end = try await backup.commandEnd(at: position)
        return try await make(
            name: text, upTo: end, expecting: end == backup.end ? backup.head.hash : nil,
            of: backup.chain.last?.logID, from: backup.events(upTo: position), reason: reason, progress: progress)
    }

    private func make<Rows: AsyncSequence & Sendable>(
        name text: String, upTo end: CommandEnd, expecting hash: SHA256Digest?, of log: LogID?, from rows: Rows,
        reason: String?, progress: @escaping @Sendable (FillingProgress) -> Void
    ) async throws -> Fork where Rows.Element == CopyBatch {
        guard let name = ForkName(text) else { throw ForkError.badName(text) }
        let (source, sourceDatabase) = try await identity()
        let createdAt = clock.now()
        let start = ContinuousClock.now
        let database = database(name.database(beside: sourceDatabase))
        do {
            try await database.make { target in
                func origin(_ hash: SHA256Digest) -> ForkOrigin {
                    ForkOrigin(
                        name: name, source: source, position: end.position, hash: hash, createdAt: createdAt,
                        reason: reason)
                }
                try await database.comment(ForkNote(origin(hash ?? .zero), isWhole: false).text)
                try await blueprint.migrate(target, logger: logger)
                let head = try await fill(target, upTo: end, expecting: hash, of: log, from: rows, progress)
                try await blueprint.project(in: target, logger: logger, progress: progress)
                try await origin(head.hash).write(to: target)
                try await database.comment(ForkNote(origin(head.hash), isWhole: true).text)
            }
        } catch NewDatabaseError.taken {
            throw ForkError.taken(name)
        }
        logger.info(
            "made a fork",
            ["fork": name.text, "position": end.position, "seconds": (ContinuousClock.now - start).inSeconds])
        return try await find(text)
    }

    private func fill<Rows: AsyncSequence & Sendable>(
        _ target: PostgresPool, upTo end: CommandEnd, expecting hash: SHA256Digest?, of log: LogID?, from rows: Rows,
        _ progress: @escaping @Sendable (FillingProgress) -> Void
    ) async throws -> LogHead where Rows.Element == CopyBatch {
        if end == .start { return .start }
        return try await blueprint.fill(
            target, upTo: end, expecting: hash, of: log, from: rows, progress: progress, alongside: { _ in })
    }
}
