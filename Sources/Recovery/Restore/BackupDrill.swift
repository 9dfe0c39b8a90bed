public import Backup
import Cryptography
public import Entities
import EventLog
public import JSON
public import Postgres
public import System
public import Telemetry

/// Tries whether the newest backup would help: restores it into a database of its own, looks at everything, measures, and
/// throws it away again.
public struct BackupDrill: Sendable {
    private let reader: BackupReader
    private let blueprint: Blueprint
    private let logger: Logger
    private let clock: any WallClock

    public init(
        _ reader: BackupReader, _ blueprint: Blueprint, logger: Logger, clock: any WallClock = SystemWallClock()
    ) {
        self.reader = reader
        self.blueprint = blueprint
        self.logger = logger
        self.clock = clock
    }

    public struct Report: Sendable {
        public let backup: BackupID?
        public let restore: RestoreReport
        /// From nothing to a system that can be served, all looking included.
        public let rtoSeconds: Double
        /// How much work is newer than the backup; nil where the backup is of another log.
        public let rpoSeconds: Double?

        public var json: JSONObject {
            var json: JSONObject = ["backup": .string(backup.map { "\($0)" } ?? "")]
            json["rto_seconds"] = JSONNumber(rtoSeconds).map { .number($0) }
            json["rpo_seconds"] = rpoSeconds.flatMap { JSONNumber($0) }.map { .number($0) }
            json["events"] = .integer(restore.head.position)
            for (name, value) in restore.json { json[name] = value }
            return json
        }
    }

    /// - Parameters:
    ///   - pool: of the installation's own database, beside which the other is made.
    ///   - scratch: a folder for the blobs; made, and removed at the end.
    public func run(
        beside pool: PostgresPool, scratch: String, progress: @escaping Restorer.Report = { _ in }
    ) async throws -> Report {
        try await removeLeftovers(beside: pool)
        let start = ContinuousClock.now
        let prefix = try await Self.prefix(pool)
        let database = NewDatabase(pool: pool, name: "\(prefix)\(clock.now().microsecondsSinceEpoch)", logger: logger)
        defer { try? Files.removeTree(scratch) }
        let restore = try await database.make { target in
            try await Restorer(reader, blueprint, logger: logger).restore(
                into: target, blobs: scratch, progress: progress)
        }
        let elapsed = (ContinuousClock.now - start).inSeconds
        await database.discard()
        return Report(
            backup: reader.chain.last?.id, restore: restore, rtoSeconds: elapsed, rpoSeconds: try await rpo(pool))
    }

    private static func prefix(_ pool: PostgresPool) async throws -> String {
        try await pool.query("drill_prefix", "SELECT current_database() || '_drill_'").only(String.self)
    }

    /// A drill that was killed leaves its database behind.
    private func removeLeftovers(beside pool: PostgresPool) async throws {
        let prefix = try await Self.prefix(pool)
        let names = try await pool.query(
            "drill_leftovers",
            """
            SELECT datname::text FROM pg_database AS d WHERE starts_with(datname, \(prefix))
                AND NOT EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.datid = d.oid)
            """
        ).decode(String.self)
        for name in names { await NewDatabase(pool: pool, name: name, logger: logger).discard() }
    }

    private func rpo(_ pool: PostgresPool) async throws -> Double? {
        let position = reader.head.position
        if position > 0 {
            let event = try await EventReader(pool: pool).event(at: position)
            guard event?.hash == reader.head.hash else { return nil }
        }
        let unsavedSince = try await pool.withConnection { connection in
            try RecordedBackups.unsavedSince(position, on: connection)
        }
        return unsavedSince.map { max(0, (clock.now() - $0).inSeconds) } ?? 0
    }
}
