import Cryptography
import EventLog
import Postgres
import Projections
import System
import Telemetry

/// How far the making of a fork, or a restore, has come.
public struct FillingProgress: Sendable, Hashable {
    public enum Phase: String, Sendable, Hashable {
        case copying, building
    }

    public let phase: Phase
    /// Events that were read in this phase, and how many there are; 0 where none are counted.
    public let done: Int
    public let total: Int

    public init(_ phase: Phase, done: Int = 0, total: Int = 0) {
        self.phase = phase
        self.done = done
        self.total = total
    }
}

extension Forks {
    /// Makes a fork that holds everything up to and including that position, with the same hashes.
    ///
    /// What is half done is removed when this throws; when the process is killed, the list has it as unfinished.
    ///
    /// - Parameter reason: why; kept with the fork.
    /// - Throws: ``ForkError``
    public func make(
        name text: String, at position: Int, reason: String? = nil,
        progress: @escaping @Sendable (FillingProgress) -> Void = { _ in }
    ) async throws -> Fork {
        guard let name = ForkName(text) else { throw ForkError.badName(text) }
        let (source, database) = try await identity()
        let head = try await EventReader(pool: pool).head()
        guard position <= head.position else { throw ForkError.future(head: head.position) }
        let origin = ForkOrigin(
            name: name, source: source, position: position, hash: try await hash(at: position),
            createdAt: clock.now(), reason: reason)
        let start = ContinuousClock.now
        let fork = name.database(beside: database)
        try await create(fork, for: name)
        do {
            try await note(ForkNote(origin, isWhole: false), at: fork)
            try await fill(fork, origin, progress)
            try await note(ForkNote(origin, isWhole: true), at: fork)
        } catch {
            await remove(fork)
            throw error
        }
        logger.info(
            "made a fork",
            ["fork": name.text, "position": position, "seconds": (ContinuousClock.now - start).inSeconds])
        return try await find(text)
    }

    private func hash(at position: Int) async throws -> SHA256Digest {
        if position == 0 { return LogHead.start.hash }
        guard let event = try await EventReader(pool: pool).event(at: position) else {
            throw ForkError.gone(position)
        }
        return event.hash
    }

    /// Makes the empty database. With the source's own ways of sorting text, so that lists come in the same order.
    private func create(_ database: String, for name: ForkName) async throws {
        guard database.utf8.count <= Self.databaseNameBytesMax else {
            throw ForkError.nameTooLong(database: database)
        }
        do {
            try await pool.withConnection { connection in
                connection.statementTimeout = Self.statementTimeout
                let statement = try connection.query(
                    "fork_statement",
                    """
                    SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L', \(database),
                            pg_encoding_to_char(encoding))
                        || CASE datlocprovider WHEN 'c' THEN
                            format(' LOCALE_PROVIDER libc LC_COLLATE %L LC_CTYPE %L', datcollate, datctype) ELSE '' END
                    FROM pg_database WHERE datname = current_database()
                    """
                ).only(String.self)
                try connection.execute("fork_create", SQL(unsafeSQL: statement))
            }
        } catch let error as PostgresError where error.code == Self.duplicateDatabase {
            throw ForkError.taken(name)
        } catch let error as PostgresError where error.code == Self.insufficientPrivilege {
            let role = try await pool.query("fork_role", "SELECT current_user::text").only(String.self)
            throw ForkError.mayNotCreate(role: role)
        }
    }

    private static let duplicateDatabase = PostgresError.Code(rawValue: "42P04")
    private static let insufficientPrivilege = PostgresError.Code(rawValue: "42501")
    /// PostgreSQL would cut off what is longer.
    private static let databaseNameBytesMax = 63

    private func note(_ note: ForkNote, at database: String) async throws {
        try await pool.withConnection { connection in
            let statement = try connection.query(
                "fork_note", "SELECT format('COMMENT ON DATABASE %I IS %L', \(database), \(note.text))"
            ).only(String.self)
            try connection.execute("fork_comment", SQL(unsafeSQL: statement))
        }
    }

    private func fill(
        _ database: String, _ origin: ForkOrigin, _ progress: @escaping @Sendable (FillingProgress) -> Void
    ) async throws {
        let target = try await PostgresPool(
            configuration: configuration(of: database), metrics: Metrics(), logger: logger)
        do {
            try await blueprint.migrate(target, logger: logger)
            if origin.position > 0 {
                try await LogFiller(pool: target).fill(
                    upTo: origin.position, expecting: origin.hash,
                    from: EventReader(pool: pool).rows(1...origin.position)
                ) { progress(FillingProgress(.copying, done: $0, total: origin.position)) }
            }
            try await blueprint.project(in: target, logger: logger) {
                progress(FillingProgress(.building, done: $0.eventsDone, total: $0.eventsTotal))
            }
            try await origin.write(to: target)
            await target.close()
        } catch {
            await target.close()
            throw error
        }
    }

    /// Takes away what is half done, also where the task was cancelled over it.
    private func remove(_ database: String) async {
        let removing = Task {
            try await pool.withConnection { connection in
                connection.statementTimeout = Self.statementTimeout
                try connection.execute("fork_remove", "DROP DATABASE IF EXISTS \(identifier: database) WITH (FORCE)")
            }
        }
        if case .failure(let error) = await removing.result {
            logger.error("a half-made fork stays behind", ["database": database, "error": "\(error)"])
        }
    }
}
