public import Catalogue
import Entities
public import EventLog
public import Postgres

/// Looks at the system as it was at a point.
public struct Inspector: Sendable {
    /// How many of the last events can be asked for.
    public static let eventsMax = 200

    private let pool: PostgresPool
    private let catalogue: Catalogue

    public init(pool: PostgresPool, catalogue: Catalogue) {
        self.pool = pool
        self.catalogue = catalogue
    }

    /// - Parameter eventCount: how many of the last events before the point are told.
    public func inspect(at point: Point, eventCount: Int = 10) async throws -> Inspection {
        let resolved = try await point.resolve(in: pool)
        // Both are positions, so the two halves belong together whatever happens meanwhile.
        let head = try await Point.now.resolve(in: pool)
        let reader = EntityReader(pool: pool, catalogue: catalogue)
        let (then, now) = (
            try await reader.counts(at: resolved.position), try await reader.counts(at: head.position)
        )
        let nothing = TypeCount(alive: 0, archived: 0)
        let types = catalogue.types.filter { then[$0.name] != nil || now[$0.name] != nil }
        let rows = types.map { type in
            Inspection.TypeRow(
                type: type.name, title: type.plural, isSystem: type.isSystem, then: then[type.name] ?? nothing,
                now: now[type.name] ?? nothing)
        }
        var summaries: [Inspection.Summary] = []
        for type in types {
            for summary in type.summaries {
                let values = try await reader.values(of: summary, type, at: resolved.position)
                let later = try await reader.values(of: summary, type, at: head.position)
                summaries.append(
                    Inspection.Summary(type: type.name, title: summary.title, rows: Self.joined(values, later)))
            }
        }
        var filter = AuditFilter()
        filter.bound(after: 0, upTo: resolved.position)
        let last = try await AuditReader(pool: pool).page(filter, limit: eventCount)
        return Inspection(
            point: resolved, head: head, types: rows.filter { !$0.isSystem } + rows.filter(\.isSystem),
            summaries: summaries, last: last.entries)
    }

    /// One row for each value that was or is there.
    private static func joined(_ then: [SummaryValue], _ now: [SummaryValue]) -> [Inspection.SummaryRow] {
        let (before, after) = (values(then), values(now))
        let groups = now.map(\.group) + then.map(\.group).filter { after[$0] == nil }
        return groups.map { Inspection.SummaryRow(group: $0, then: before[$0], now: after[$0]) }
    }

    private static func values(_ values: [SummaryValue]) -> [String?: String] {
        Dictionary(values.map { ($0.group, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
