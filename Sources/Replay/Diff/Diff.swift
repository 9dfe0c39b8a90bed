public import Catalogue
import Entities
public import JSON
public import Postgres

/// Tells what is different between two points of the log, entity by entity.
public struct Diff: Sendable {
    private let reader: ChangeReader

    public init(pool: PostgresPool, catalogue: Catalogue) {
        reader = ChangeReader(pool: pool, catalogue: catalogue)
    }

    /// Both ways: where the second point lies before the first, it says how things were against how they became.
    ///
    /// - Parameters:
    ///   - filter: its types, entities, actor, correlation and command say what is looked at.
    ///   - each: gets one difference after the other, in the order of the entities' ids.
    public func run(
        from old: Int, to new: Int, only filter: ChangeScope? = nil,
        progress: (_ entities: Int, _ total: Int) -> Void = { _, _ in },
        each: (EntityDifference) throws -> Void
    ) async throws -> DiffReport {
        var scope = filter ?? ChangeScope(after: 0, upTo: 0)
        (scope.after, scope.upTo) = (min(old, new), max(old, new))
        var report = DiffReport(from: old, to: new)
        let total = try await reader.entityCount(in: scope)
        var seen = 0
        for try await changes in try await reader.changes(in: scope) {
            try Task.checkCancellation()
            for change in changes {
                seen += 1
                // What the system notes down about itself is shown to those who ask for it by name.
                if change.type.isSystem, !scope.types.contains(change.type.name) { continue }
                let difference = EntityDifference(change, isSelective: scope.isSelective, isReversed: new < old)
                report.add(difference)
                if difference.kind != .unchanged { try each(difference) }
            }
            progress(seen, total)
        }
        progress(total, total)
        return report
    }
}

/// The sum of a diff.
public struct DiffReport: Sendable, Hashable {
    public let from: Int
    public let to: Int
    public private(set) var entities: [String: [EntityDifference.Kind: Int]] = [:]
    public private(set) var partCount = 0
    public private(set) var eventCount = 0
    /// Events by who caused them.
    public private(set) var actors: [String: Int] = [:]

    init(from: Int, to: Int) {
        self.from = from
        self.to = to
    }

    mutating func add(_ difference: EntityDifference) {
        entities[difference.type, default: [:]][difference.kind, default: 0] += 1
        partCount += difference.parts.count
        eventCount += difference.acts.count
        for act in difference.acts { actors[act.actor, default: 0] += 1 }
    }

    public func count(_ kind: EntityDifference.Kind) -> Int {
        entities.values.reduce(0) { $0 + ($1[kind] ?? 0) }
    }

    public var json: JSONObject {
        var types = JSONObject()
        for (type, kinds) in entities.sorted(by: { $0.key < $1.key }) {
            var counts = JSONObject()
            for kind in EntityDifference.Kind.allCases {
                if let count = kinds[kind] { counts[kind.rawValue] = .integer(count) }
            }
            types[type] = .object(counts)
        }
        return [
            "from": .integer(from), "to": .integer(to), "changes": .integer(partCount),
            "events": .integer(eventCount), "types": .object(types),
            "actors": .object(JSONObject(actors.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
        ]
    }
}
