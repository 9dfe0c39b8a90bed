import Cryptography
import Postgres
import System

/// The statements by which events are read.
extension EventReader {
    static let columns: SQL =
        "position, recorded_at, stream, version, category, type, schema_version, data, meta, hash"

    /// One statement for any filter.
    static func select(
        _ filter: EventFilter, columns: SQL = columns, limit: Int, bytesMax: Int? = nil, _ order: EventOrder
    ) -> SQL {
        let conditions = conditions(of: filter)
        let condition: SQL = conditions.isEmpty ? "" : "WHERE \(conditions.joined(by: " AND "))"
        // What belongs to few streams or one correlation is found by their index and sorted then. Left to itself, the
        // planner likes to walk the whole log in its order until it has found enough.
        let key: SQL = filter.streams != nil || filter.correlation != nil ? "position + 0" : "position"
        let direction: SQL = order == .ascending ? "ASC" : "DESC"
        let some: SQL =
            "SELECT \(columns) FROM log.events \(condition) ORDER BY \(key) \(direction) LIMIT \(Int64(limit))"
        guard let bytesMax else { return some }
        return """
            SELECT \(columns) FROM (
                SELECT *, sum(\(Self.size)) OVER (ORDER BY position \(direction)) - \(Self.size) AS bytes_before
                FROM (\(some)) AS page
            ) AS counted WHERE bytes_before < \(Int64(bytesMax)) ORDER BY position \(direction)
            """
    }

    static func firstPosition(ofLast count: Int, _ filter: EventFilter) -> SQL {
        "SELECT min(position) FROM (\(select(filter, columns: "position", limit: count, .descending))) AS last"
    }

    /// As ``Event/byteCount`` has it.
    private static let size: SQL = "(octet_length(data::text) + octet_length(meta::text) + 200)"

    private static func conditions(of filter: EventFilter) -> [SQL] {
        var conditions: [SQL] = []
        if let after = filter.after { conditions.append("position > \(Int64(after))") }
        if let upTo = filter.upTo { conditions.append("position <= \(Int64(upTo))") }
        // In a SELECT of their own, so that they are asked once and not for every row.
        if let since = filter.since {
            let before = since - .microseconds(1)
            conditions.append("position > (SELECT log.position_at(\(before)))")
        }
        if let until = filter.until { conditions.append("position <= (SELECT log.position_at(\(until)))") }
        if let streams = filter.streams { conditions.append(oneOf("stream", streams)) }
        if let categories = filter.categories { conditions.append(oneOf("category", categories)) }
        if let types = filter.types { conditions.append(oneOf("type", types)) }
        if let actor = filter.actor { conditions.append("meta->>'actor' = \(actor)") }
        if let correlation = filter.correlation {
            conditions.append("meta->>'correlation' = \(correlation.description)")
        }
        if let verbs = filter.verbs { conditions.append("split_part(type, '.', 2) = ANY(\(verbs))") }
        if let client = filter.client { conditions.append("meta->>'client' = \(client)") }
        for word in filter.reasonWords {
            conditions.append("position(\(word.lowercased()) IN lower(meta->>'reason')) > 0")
        }
        return conditions
    }

    /// A single value as itself: only then can an index give the rows in the order of positions.
    private static func oneOf<Value: PostgresValue & PostgresArrayElement>(_ column: SQL, _ values: [Value]) -> SQL {
        values.count == 1 ? "\(column) = \(values[0])" : "\(column) = ANY(\(values))"
    }

    /// COPY takes no parameters, but numbers are only numbers.
    static func copy(after: Int, upTo: Int) -> SQL {
        """
        COPY (SELECT \(columns) FROM log.events WHERE position > \(unsafeSQL: String(after))
            AND position <= \(unsafeSQL: String(upTo)) ORDER BY position) TO STDOUT (FORMAT binary)
        """
    }
}

extension Event {
    init(_ row: Row) throws(PostgresError) {
        let fields = try row.decode(
            Int.self, Timestamp.self, UUID.self, Int.self, String.self, String.self, Int.self, JSONBytes.self,
            JSONBytes.self, SHA256Digest.self)
        self.init(fields)
    }

    init(_ row: CopyRow) throws(PostgresError) {
        let fields = try row.decode(
            Int.self, Timestamp.self, UUID.self, Int.self, String.self, String.self, Int.self, JSONBytes.self,
            JSONBytes.self, SHA256Digest.self)
        self.init(fields)
    }

    private init(
        _ fields: (Int, Timestamp, UUID, Int, String, String, Int, JSONBytes, JSONBytes, SHA256Digest)
    ) {
        self.init(
            position: fields.0, recordedAt: fields.1, stream: fields.2, version: fields.3, category: fields.4,
            type: fields.5, schemaVersion: fields.6, data: fields.7.bytes, meta: fields.8.bytes, hash: fields.9)
    }
}
