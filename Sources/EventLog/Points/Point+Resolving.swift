public import Postgres
import System

extension Point {
    /// Finds where the point is.
    ///
    /// - Throws: ``PointNotFound`` for a position behind the end of the log, and for what never happened.
    public func resolve(in pool: PostgresPool) async throws -> ResolvedPoint {
        switch self {
        case .now: try await Self.head(in: pool)
        case .position(let position):
            if let event = try await Self.event(at: position, in: pool) {
                event
            } else {
                throw PointNotFound.future(head: try await Self.head(in: pool).position)
            }
        case .time(let time, _):
            try await Self.resolved(
                try await pool.query("log_position_at", "SELECT log.position_at(\(time))").only(Int.self), in: pool)
        case .before(let id):
            if let first = try await Self.firstPosition(of: id, in: pool) {
                try await Self.resolved(first - 1, in: pool)
            } else {
                throw PointNotFound.unknown("Nothing in the log has the correlation or command \(id).")
            }
        case .event(let stream, let version):
            try await Self.event(stream, version, in: pool)
        }
    }

    /// The position behind which stands what has happened since then. What was recorded at a time itself counts as since, an
    /// event that is named does not.
    public func since(in pool: PostgresPool) async throws -> Int {
        guard case .time(let time, _) = self else { return try await resolve(in: pool).position }
        let before = time - .microseconds(1)
        return try await pool.query("log_position_at", "SELECT log.position_at(\(before))").only(Int.self)
    }

    private static func head(in pool: PostgresPool) async throws -> ResolvedPoint {
        let rows = try await pool.query("log_head_time", "SELECT position, recorded_at FROM log.head")
        guard let row = rows.first else { return ResolvedPoint(position: 0, recordedAt: nil) }
        let (position, time) = try row.decode(Int.self, Timestamp.self)
        return ResolvedPoint(position: position, recordedAt: position == 0 ? nil : time)
    }

    private static func event(at position: Int, in pool: PostgresPool) async throws -> ResolvedPoint? {
        if position == 0 { return ResolvedPoint(position: 0, recordedAt: nil) }
        let time = try await pool.query(
            "log_time_at", "SELECT recorded_at FROM log.events WHERE position = \(Int64(position))"
        ).first?.value(0, as: Timestamp.self)
        return time.map { ResolvedPoint(position: position, recordedAt: $0) }
    }

    private static func resolved(_ position: Int, in pool: PostgresPool) async throws -> ResolvedPoint {
        try await event(at: position, in: pool) ?? ResolvedPoint(position: position, recordedAt: nil)
    }

    private static func event(_ stream: UUID, _ version: Int, in pool: PostgresPool) async throws -> ResolvedPoint {
        let row = try await pool.query(
            "log_event_of_stream",
            "SELECT position, recorded_at FROM log.events WHERE stream = \(stream) AND version = \(Int32(clamping: version))"
        ).first
        if let row {
            let (position, time) = try row.decode(Int.self, Timestamp.self)
            return ResolvedPoint(position: position, recordedAt: time)
        }
        let last = try await pool.query(
            "log_stream_end", "SELECT coalesce(max(version), 0)::bigint FROM log.events WHERE stream = \(stream)"
        ).only(Int.self)
        throw PointNotFound.unknown(
            last == 0 ? "Nothing in the log has the stream \(stream)." : "The stream \(stream) ends at version \(last)."
        )
    }

    // MARK: Correlations and commands

    /// Correlations have an index. Commands have none, but know when they were made: what they did comes soon after.
    private static func firstPosition(of id: UUID, in pool: PostgresPool) async throws -> Int? {
        let name = id.description
        let correlated = try await pool.query(
            "log_first_of_correlation",
            "SELECT position FROM log.events WHERE meta->>'correlation' = \(name) ORDER BY position LIMIT 1"
        ).first?.value(0, as: Int.self)
        if let correlated { return correlated }
        let head = try await head(in: pool).position
        var start = 0
        if let made = id.timeMade {
            // Clocks of several machines differ a little.
            let before = made - .seconds(60)
            start = try await pool.query("log_position_at", "SELECT log.position_at(\(before))").only(Int.self)
        }
        // Soon after; later; and before it, where a clock was far off.
        let near = min(head, start + commandNearnessMax)
        for range in [(start, near), (near, head), (0, start)] where range.0 < range.1 {
            let (after, upTo) = (Int64(range.0), Int64(range.1))
            let found = try await pool.query(
                "log_first_of_command",
                """
                SELECT position FROM log.events WHERE position > \(after) AND position <= \(upTo) AND meta->>'command' = \(name)
                ORDER BY position LIMIT 1
                """
            ).first?.value(0, as: Int.self)
            if let found { return found }
        }
        return nil
    }

    /// Within so many events of its time a command is looked for first.
    private static let commandNearnessMax = 20_000
}
