import Cryptography
import EventLog
import JSON
import Postgres
import System
import Telemetry

/// Fills the log with characters, as quickly as COPY takes them.
extension StudioBench {
    func fill(to size: Int) async throws {
        let pool = try await PostgresPool(
            configuration: .init(connection: conninfo), metrics: Metrics(), logger: .silent)
        let head = try await EventReader(pool: pool).head()
        if head.position < size {
            try await pool.withConnection { connection in
                connection.statementTimeout = .seconds(280)
                try connection.execute(
                    "partitions",
                    "SELECT log.make_partition(n) FROM generate_series(\(Int64(head.position)), \(Int64(size) + 100000), 100000) n"
                )
                try await append(from: head, to: size, on: connection)
            }
        }
        await pool.close()
    }

    private func append(from head: LogHead, to size: Int, on connection: isolated Connection) async throws {
        let identifiers = TimeOrderedIdentifiers()
        var head = head
        // The rows are added by a rebuild later; until then this session counts as a writer of these tables.
        try connection.execute("fill_own", "SELECT set_config('lifeos.tables', tables, false) FROM log.head")
        try await connection.copyIn(
            "fill",
            """
            COPY log.events (position, recorded_at, stream, version, schema_version, category, type, hash, data, meta)
            FROM STDIN (FORMAT binary)
            """
        ) { writer in
            while head.position < size {
                var log = AppendBuffer(after: head, now: SystemWallClock().now())
                for number in 0..<min(1_000, size - head.position) {
                    log.append(Self.character(head.position + number, identifiers))
                }
                for event in log.events {
                    try writer.write(
                        Int64(event.position), event.recordedAt, event.stream, Int32(event.version),
                        Int32(event.schemaVersion), event.category, event.type, event.hash.bytes,
                        JSONBytes(event.data), JSONBytes(event.meta))
                }
                head = log.head
            }
        }
        try connection.execute(
            "head",
            """
            UPDATE log.head SET position = \(Int64(head.position)), hash = \(head.hash.bytes),
                recorded_at = \(head.recordedAt)
            """)
    }

    private static func character(_ number: Int, _ identifiers: any IdentifierSource) -> EventDraft {
        let data = """
            {"name":"Character \(number)","personality":"\(personality)","occupation":"gardener","age":\(number % 90),\
            "backstory":"\(backstory)"}
            """
        return EventDraft(
            stream: identifiers.next(), version: 1, category: "character", type: "character.created", schemaVersion: 1,
            data: Array(data.utf8), meta: EventMeta(actor: "bench", command: identifiers.next()).encoded())
    }
}
