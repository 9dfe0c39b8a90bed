import EventLog
import JSON
public import Postgres
import System

/// A page of the audit trail, the latest first.
public struct AuditPage: Sendable {
    public let entries: [AuditEntry]
    /// What to give as `before` for the next page; nil where there is none.
    public let next: Int?
    /// The range that was asked about.
    public let after: Int
    public let upTo: Int
}

/// Reads the audit trail.
public struct AuditReader: Sendable {
    /// The limits of one page.
    public struct Configuration: Sendable {
        /// Where no index helps, so many positions are looked through by one statement…
        public var windowLength = 20_000
        /// … and so many windows for one page, which may then be shorter than asked for, or empty.
        public var windowsMax = 10
        /// What the events of a page take together, about.
        public var bytesMax = EventPage.bytesMax

        public init() {}
    }

    public static let limitMax = 500

    private let pool: PostgresPool
    private let reader: EventReader
    private let configuration: Configuration

    public init(pool: PostgresPool, configuration: Configuration = .init()) {
        self.pool = pool
        self.configuration = configuration
        reader = EventReader(pool: pool)
    }

    /// The latest entries in the filter's range.
    ///
    /// - Parameter before: `next` of the page before.
    public func page(_ filter: AuditFilter, limit: Int, before: Int? = nil) async throws -> AuditPage {
        let end: Int
        if let upTo = filter.upTo { end = upTo } else { end = try await reader.head().position }
        var upper = min(end, before.map { $0 - 1 } ?? end)
        var events: [Event] = []
        var (windows, isFull) = (0, false)
        while !isFull, upper > filter.after, windows < configuration.windowsMax {
            let lower = filter.isIndexed ? filter.after : max(filter.after, upper - configuration.windowLength)
            let found = try await reader.page(
                filter.events(after: lower, upTo: upper), limit: limit - events.count,
                bytesMax: configuration.bytesMax - events.reduce(0) { $0 + $1.byteCount }, order: .descending)
            events += found.events
            isFull = found.isFull
            upper = isFull ? (found.events.last?.position ?? 1) - 1 : lower
            windows += 1
        }
        return AuditPage(
            entries: try await entries(events), next: upper > filter.after ? upper + 1 : nil, after: filter.after,
            upTo: end)
    }

    /// The same events with what their entities were called then.
    func entries(_ events: [Event]) async throws -> [AuditEntry] {
        let names = try await names(events)
        return events.map { AuditEntry($0, name: names[$0.position]) }
    }

    /// What entities were called right after these events, by position.
    func names(_ events: [Event]) async throws -> [Int: String] {
        if events.isEmpty { return [:] }
        let (ids, versions) = (events.map(\.stream), events.map { Int32(clamping: $0.version) })
        let (types, positions) = (events.map(\.category), events.map { Int64($0.position) })
        let rows = try await pool.query(
            "audit_names",
            """
            WITH wanted AS (
                SELECT * FROM unnest(\(ids), \(types), \(versions), \(positions)) AS w (id, type, version, position))
            SELECT w.position, e.name FROM wanted AS w
            JOIN live.entities AS e ON e.id = w.id AND e.type = w.type AND e.version = w.version
            UNION ALL
            SELECT w.position, e.name FROM wanted AS w
            JOIN live.entity_versions AS e ON e.id = w.id AND e.version = w.version AND e.type = w.type
            """)
        var names: [Int: String] = [:]
        for (position, name) in try rows.decode(Int64.self, String.self) { names[Int(position)] = name }
        return names
    }
}
