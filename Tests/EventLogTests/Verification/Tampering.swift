import Cryptography
import Postgres
import System
import TestSupport

@testable import EventLog

/// A hand in the database that knows what it does: triggers and keys are out of its way.
enum Tampering: String, CaseIterable, Sendable {
    case changeData, changeMeta, changeType, changeCategory, changeTime, changeStream, changeVersion
    case changeSchemaVersion
    case changeHash, breakHash
    case changeAndHashAnew
    case delete, deleteSeveral, deleteAndMoveDown
    case duplicate
    case insertAndMoveUp
    case swap, swapNeighbours, swapContents
    case truncate
    case setHeadBack, changeHeadHash, changeHeadTime

    /// Does it somewhere; what has to be found of it.
    func apply(
        to log: LogFixture, last: Int, using random: inout SeededRandom
    ) async throws -> (position: Int, kind: LogFault.Kind) {
        let at = Int.random(in: 1...last, using: &random)
        switch self {
        case .changeData: try await set(log, "data = '{\"amount\":0}'", at)
        case .changeMeta: try await set(log, "meta = '{\"actor\":\"nobody\"}'", at)
        case .changeType: try await set(log, "type = type || 'x'", at)
        case .changeCategory: try await set(log, "category = left(category, 8), type = 'X' || type", at)
        case .changeTime: try await set(log, "recorded_at = recorded_at + interval '1 microsecond'", at)
        case .changeStream: try await set(log, "stream = gen_random_uuid()", at)
        case .changeVersion: try await set(log, "version = version + 100000", at)
        case .changeSchemaVersion: try await set(log, "schema_version = 2", at)
        case .changeHash:
            try await set(log, "hash = sha256('x')", at)
            return (at, .hashChanged)
        case .breakHash: try await set(log, "hash = 'short'", at)
        case .changeAndHashAnew:
            try await hashAnew(log, at)
            return at == last ? (at, .headMismatch) : (at + 1, .edited)
        default: return try await move(log, at, last: last, using: &random)
        }
        return (at, .edited)
    }

    private func move(
        _ log: LogFixture, _ at: Int, last: Int, using random: inout SeededRandom
    ) async throws -> (position: Int, kind: LogFault.Kind) {
        switch self {
        case .delete:
            try await run(log, "DELETE FROM log.events WHERE position = \(at)")
            return (at, at == last ? .truncated : .deleted)
        case .deleteSeveral:
            try await run(log, "DELETE FROM log.events WHERE position BETWEEN \(at) AND \(at + 60)")
            return (at, at + 60 >= last ? .truncated : .deleted)
        case .deleteAndMoveDown:
            let early = min(at, last - 2)
            try await run(
                log,
                """
                DELETE FROM log.events WHERE position = \(early);
                UPDATE log.events SET position = position - 1 WHERE position > \(early);
                UPDATE log.head SET position = position - 1;
                """)
            return (early, .deleted)
        case .duplicate:
            try await run(log, "INSERT INTO log.events SELECT * FROM log.events WHERE position = \(at)")
            return (at, .duplicated)
        case .insertAndMoveUp:
            try await run(
                log,
                """
                UPDATE log.events SET position = position + 1 WHERE position >= \(at);
                INSERT INTO log.events SELECT \(at), recorded_at, gen_random_uuid(), 1, 1, category, type, hash, data, meta
                    FROM log.events WHERE position = \(at + 1);
                UPDATE log.head SET position = position + 1;
                """)
            return (at, .inserted)
        case .truncate:
            let kept = Int.random(in: 0..<last, using: &random)
            try await run(log, "DELETE FROM log.events WHERE position > \(kept)")
            return (kept + 1, .truncated)
        case .setHeadBack:
            let early = Int.random(in: 1..<last, using: &random)
            try await run(
                log,
                """
                UPDATE log.head SET (position, hash) =
                    (SELECT position, hash FROM log.events WHERE position = \(early))
                """)
            return (early + 1, .inserted)
        case .changeHeadHash:
            try await run(log, "UPDATE log.head SET hash = sha256('x')")
            return (last, .headMismatch)
        case .changeHeadTime:
            try await run(log, "UPDATE log.head SET recorded_at = recorded_at + interval '400 days'")
            return (last, .headMismatch)
        default: return try await swap(log, at, last: last, using: &random)
        }
    }

    private func swap(
        _ log: LogFixture, _ at: Int, last: Int, using random: inout SeededRandom
    ) async throws -> (position: Int, kind: LogFault.Kind) {
        let one = min(at, last - 1)
        let other = self == .swapNeighbours ? one + 1 : Int.random(in: one + 1...last, using: &random)
        try await run(
            log, "UPDATE log.events SET position = \(one + other) - position WHERE position IN (\(one), \(other))")
        if self == .swapContents {
            try await run(
                log,
                """
                UPDATE log.events AS e SET hash = (SELECT hash FROM log.events o WHERE o.position = \(one + other) - e.position)
                WHERE position IN (\(one), \(other))
                """)
        }
        return (one, .reordered)
    }

    private func set(_ log: LogFixture, _ change: String, _ position: Int) async throws {
        try await run(log, "UPDATE log.events SET \(change) WHERE position = \(position)")
    }

    private func hashAnew(_ log: LogFixture, _ position: Int) async throws {
        try await set(log, "data = '{\"amount\":0}'", position)
        guard let event = try await log.reader.event(at: position) else { return }
        let before = try await log.reader.event(at: position - 1)?.hash ?? .zero
        var hasher = EventHasher()
        try await set(log, "hash = '\\x\(hasher.hash(event, after: before).hex)'", position)
    }

    func run(_ log: LogFixture, _ script: String) async throws {
        try await log.pool.withConnection { connection in
            try connection.runScript(
                "tamper",
                unsafeSQL: """
                    SET session_replication_role = replica;
                    ALTER TABLE log.events DROP CONSTRAINT IF EXISTS events_pkey;
                    DROP INDEX IF EXISTS log.events_000000_by_stream;
                    \(script);
                    RESET session_replication_role;
                    """)
        }
    }
}
