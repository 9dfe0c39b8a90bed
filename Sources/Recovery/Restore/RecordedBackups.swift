public import Backup
import JSON
public import Postgres
public import System

/// What the log says of backups and drills: the last of each, and how much would be lost.
public struct RecordedBackups: Sendable {
    /// When each kind was last done.
    public private(set) var done: [BackupSchedule.Work: Timestamp] = [:]
    /// When each kind was last begun, however it ended.
    public private(set) var tried: [BackupSchedule.Work: Timestamp] = [:]
    /// The last position that is in a backup; nil where there is none.
    public private(set) var position: Int?
    /// How long the last drill took from nothing to a system that can be served.
    public private(set) var rtoSeconds: Double?
    /// When the first event was recorded that no backup has; nil where there is none.
    public private(set) var unsavedSince: Timestamp?

    /// When a backup was last made, of either kind.
    public var lastBackup: Timestamp? { [done[.full], done[.incremental]].compactMap { $0 }.max() }

    /// How much work would be lost now, in seconds of its time; nil where there is no backup at all.
    public func rpoSeconds(now: Timestamp) -> Double? {
        guard position != nil else { return nil }
        return unsavedSince.map { max(0, (now - $0).inSeconds) } ?? 0
    }

    public init() {}

    public static func read(from pool: PostgresPool) async throws -> RecordedBackups {
        try await pool.withConnection { connection in
            var found = RecordedBackups()
            for work in BackupSchedule.Work.allCases {
                found.tried[work] = try last(work, wantsCompleted: false, on: connection)?.startedAt
                guard let last = try last(work, wantsCompleted: true, on: connection) else { continue }
                found.done[work] = last.endedAt
                if work == .drill {
                    found.rtoSeconds = last.result["rto_seconds"]?.double
                } else if let position = last.result["position"]?.integer {
                    found.position = max(found.position ?? 0, position)
                }
            }
            if let position = found.position {
                found.unsavedSince = try unsavedSince(position, on: connection)
            }
            return found
        }
    }

    /// When the first event after the position was recorded. Records of backups themselves are no work that could be lost.
    static func unsavedSince(_ position: Int, on connection: isolated Connection) throws -> Timestamp? {
        try connection.query(
            "backup_unsaved",
            """
            SELECT recorded_at FROM log.events WHERE position > \(Int64(position)) AND category <> 'operation'
            ORDER BY position LIMIT 1
            """
        ).first?.value(0, as: Timestamp.self)
    }

    private struct Record {
        let startedAt: Timestamp
        let endedAt: Timestamp
        let result: JSONValue
    }

    private static func last(
        _ work: BackupSchedule.Work, wantsCompleted: Bool, on connection: isolated Connection
    ) throws -> Record? {
        let kind: SQL =
            work == .drill
            ? "o.fields->>'kind' = 'backup_drill'"
            : "o.fields->>'kind' = 'backup' AND o.document->'data'->'parameters'->>'kind' = \(work.rawValue)"
        let status: SQL = wantsCompleted ? "AND o.fields->>'status' = 'completed'" : ""
        let row = try connection.query(
            "backup_recorded",
            """
            SELECT s.recorded_at, e.recorded_at, coalesce(o.document->'data'->>'result', '{}')
            FROM live.entities AS o JOIN log.events AS s ON s.position = o.created_position
                JOIN log.events AS e ON e.position = o.position
            WHERE o.type = 'operation' AND \(kind) \(status) ORDER BY o.created_position DESC LIMIT 1
            """
        ).first
        guard let row else { return nil }
        let (startedAt, endedAt, result) = try row.decode(Timestamp.self, Timestamp.self, String.self)
        return Record(startedAt: startedAt, endedAt: endedAt, result: try JSONValue(parsing: result))
    }
}
