public import Catalogue
public import EventLog
public import JSON
import Postgres
public import System

/// What happened to one entity.
public struct HistoryPage: Sendable {
    public let items: [Item]
    public let total: Int
    public let position: Int

    /// One version: what made it, and what that changed.
    public struct Item: Sendable {
        public let version: Int
        public let position: Int
        public let event: String
        public let recordedAt: Timestamp
        public let meta: EventMeta?
        public let changes: [JSONDifference]
    }
}

extension EntityReader {
    /// The versions of an entity, the latest first; nil where there was no such entity.
    public func history(
        of id: UUID, _ type: EntityType, at point: Point = .now, limit: Int = 50, offset: Int = 0
    ) async throws -> HistoryPage? {
        let asOf = try await position(of: point)
        let upTo = Int64(asOf ?? Int(Int64.max))
        var batch = Batch.snapshot("entity_history")
        // Only the index of streams helps. Where the planner knows little of a young log, it would go through all events of the
        // category as well; what is tested for truth it looks up nowhere.
        batch.add(
            "history_count",
            """
            SELECT coalesce(max(version), 0)::bigint FROM log.events
            WHERE stream = \(id) AND (category = \(type.name) AND position <= \(upTo)) IS TRUE
            """)
        batch.add(
            "history_events",
            """
            SELECT version, position, type, recorded_at, meta FROM log.events
            WHERE stream = \(id) AND (category = \(type.name) AND position <= \(upTo)) IS TRUE
            ORDER BY version DESC LIMIT \(Int64(limit)) OFFSET \(Int64(offset))
            """)
        batch.add(
            "history_documents",
            """
            SELECT version, document FROM live.entities WHERE id = \(id) AND type = \(type.name) AND position <= \(upTo)
            UNION ALL
            (SELECT version, document FROM live.entity_versions WHERE id = \(id) AND position <= \(upTo)
            ORDER BY version DESC LIMIT \(Int64(limit + offset + 1)))
            """)
        batch.endSnapshot()
        let answers = try await pool.run(batch)
        let total = try answers[3].only(Int.self)
        if total == 0 { return nil }
        let documents = Dictionary(
            try answers[5].decode(Int32.self, JSONBytes.self).map { ($0, $1.bytes) },
            uniquingKeysWith: { first, _ in first })
        let rows = try answers[4].decode(Int32.self, Int64.self, String.self, Timestamp.self, JSONBytes.self)
        let items = try rows.map { version, position, event, recordedAt, meta in
            let after = try documents[version].map { try Self.comparable($0) } ?? [:]
            let before = try documents[version - 1].map { try Self.comparable($0) } ?? Self.nothing
            return HistoryPage.Item(
                version: Int(version), position: Int(position), event: event, recordedAt: recordedAt,
                meta: EventMeta(try JSONValue(parsing: meta.bytes)), changes: before.differences(to: after))
        }
        return HistoryPage(items: items, total: total, position: try asOf ?? Batch.head(in: answers).position)
    }

    /// What differs between two versions, from the first to the second; nil where one of them was not there.
    public func difference(
        of id: UUID, _ type: EntityType, from old: Int, to new: Int, at point: Point = .now
    ) async throws -> [JSONDifference]? {
        guard let before = try await version(old, of: id, type, at: point),
            let after = try await version(new, of: id, type, at: point)
        else { return nil }
        return try Self.comparable(before).differences(to: Self.comparable(after))
    }

    /// What an entity begins with.
    private static let nothing: JSONValue = [
        "archived": false, "favorite": false, "tags": [], "links": [], "data": [:],
    ]

    /// What of a document can change by someone's will.
    static func comparable(_ document: [UInt8]) throws -> JSONValue {
        let json = try JSONValue(parsing: document)
        var object: JSONObject = [:]
        for name in ["archived", "favorite", "tags", "links", "data"] { object[name] = json[name] }
        return .object(object)
    }
}

extension HistoryPage {
    /// As clients get it.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("items") { writer in
                writer.array(of: items) { writer, item in
                    writer.object { writer in
                        writer.field("version", item.version)
                        writer.field("position", item.position)
                        writer.field("event", item.event)
                        writer.field("recorded_at", item.recordedAt.description)
                        writer.field("actor", item.meta?.actor)
                        writer.field("reason", item.meta?.reason)
                        writer.field("command", item.meta?.command.description)
                        writer.field("correlation", item.meta?.correlation.description)
                        writer.field("changes", item.changes)
                    }
                }
            }
            writer.field("total", total)
            writer.field("position", position)
        }
        return writer.bytes
    }
}
